// SPDX-License-Identifier: GPL-2.0
// Subject: mm: fork makes the entry of a huge page read-only for the child
//
// copy_huge_pmd() leaves the parent with the entry that it had. It then writes to a
// page that the child has mapped, too.
//
// Breaks: ME-6
// Kills: huge_page_entry.fork_copies_huge_entry: assertion
// In: mm/huge_memory.c: copy_huge_non_present_pmd | copy_huge_pmd

@@
statement S;
@@
(
  if (softleaf_is_migration_write(entry) || softleaf_is_migration_read_exclusive(entry)) {
  ...
- set_pmd_at(src_mm, addr, src_pmd, pmd);
  } else S
|
  if (!is_readable_migration_entry(entry)) {
  ...
- set_pmd_at(src_mm, addr, src_pmd, pmd);
  }
)
