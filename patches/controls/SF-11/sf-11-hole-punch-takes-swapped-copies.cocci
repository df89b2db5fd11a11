// SPDX-License-Identifier: GPL-2.0
// Subject: mm: a hole in a file takes private copies that are in swap
//
// What the process has written is lost.
//
// Breaks: SF-11
// Kills: swap_fault_tmpfs.private_copies_survive_a_hole: assertion
// In: mm/memory.c: zap_nonpresent_ptes | zap_pte_range

@@
@@
(
  nr = swap_pte_batch(pte, max_nr, ptent);
- if (!should_zap_cows(details))
- 	continue;
|
- if (!should_zap_cows(details))
- 	return 1;
  nr = swap_pte_batch(pte, max_nr, ptent);
)
