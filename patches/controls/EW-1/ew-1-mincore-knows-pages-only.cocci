// SPDX-License-Identifier: GPL-2.0
// Subject: mm/mincore: take an entry for a page that is out
//
// What is not swap is not in memory, either.
//
// Breaks: EW-1
// Kills: walker_look.mincore_meets_each_entry: assertion
// In: mm/mincore.c: mincore_pte_range, mincore_swap

@@
@@
(
  if (non_swap_entry(entry)) {
- 	*vec = 1;
+ 	*vec = 0;
  } else {
  	...
  }
|
  if (non_swap_entry(entry))
- 	return !shmem;
+ 	return 0;
|
  if (!softleaf_is_swap(entry))
- 	return !shmem;
+ 	return 0;
)
