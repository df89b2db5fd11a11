// SPDX-License-Identifier: GPL-2.0
// Subject: mm: mincore() takes a page under migration for absent
//
// Entries that are no swap are reported as not resident. Whoever turns the special
// case into the general one writes this.
//
// Breaks: ME-14
// Kills: migration_entry_gup.mincore_counts_entry_as_resident: assertion
// In: mm/mincore.c: mincore_swap | mincore_pte_range

@@
statement S;
@@
(
- return !shmem;
+ return 0;
|
  if (non_swap_entry(entry)) {
  ...
- *vec = 1;
+ *vec = 0;
  ...
  } else S
)
