// SPDX-License-Identifier: GPL-2.0
// Subject: mm/madvise: leave huge pages young
//
// The ptes are made old, and the pmd is forgotten.
//
// Breaks: EW-1
// Kills: walker_advice.madv_cold_meets_each_entry: assertion
// In: mm/madvise.c: madvise_cold_or_pageout_pte_range

@@
@@
(
- pmdp_test_and_clear_young(vma, addr, pmd);
|
- orig_pmd = pmd_mkold(orig_pmd);
)
