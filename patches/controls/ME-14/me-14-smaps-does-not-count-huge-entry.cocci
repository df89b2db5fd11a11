// SPDX-License-Identifier: GPL-2.0
// Subject: fs/proc: count huge pages that are present
//
// smaps counts a huge page only while its pmd maps it.
//
// Breaks: ME-14
// Kills: migration_entry_smaps.smaps_counts_huge_entry: assertion
// In: fs/proc/task_mmu.c: smaps_pmd_entry

@@
statement S, S1;
@@
(
  if (pmd_present(*pmd)) S
- else if (unlikely(thp_migration_supported())) S1
|
  if (pmd_present(*pmd)) S
- else if (unlikely(thp_migration_supported() && is_swap_pmd(*pmd))) S1
)
