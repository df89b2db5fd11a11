// SPDX-License-Identifier: GPL-2.0
// Subject: mm/huge_memory: a file entry that is split has no RSS
//
// What is left of the entry of a huge page of a file when it is split, nothing, is
// counted on.
//
// Breaks: ME-9, ME-12
// Kills: huge_page_entry.unmapped_tmpfs_huge_page_is_not_restored: assertion
// In: mm/huge_memory.c: __split_huge_pmd_locked

@@
statement S1, S2;
@@
(
  if (unlikely(pmd_is_migration_entry(old_pmd))) S1 else S2
- add_mm_counter(mm, mm_counter_file(folio), -HPAGE_PMD_NR);
|
  if (unlikely(is_pmd_migration_entry(old_pmd))) S1 else S2
- add_mm_counter(mm, mm_counter_file(folio), -HPAGE_PMD_NR);
)
