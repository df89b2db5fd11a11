// SPDX-License-Identifier: GPL-2.0
// Subject: mm: truncation leaves private copies that are in swap
//
// Whoever gives details of what is to be unmapped is taken for one who wants to
// spare private copies.
//
// Breaks: SF-11
// Kills: swap_fault_tmpfs.private_copies_survive_a_hole: assertion
// In: mm/memory.c: zap_nonpresent_ptes | zap_pte_range

@@
@@
(
  nr = swap_pte_batch(pte, max_nr, ptent);
- if (!should_zap_cows(details))
+ if (details)
  	continue;
|
- if (!should_zap_cows(details))
+ if (details)
  	return 1;
  nr = swap_pte_batch(pte, max_nr, ptent);
)
