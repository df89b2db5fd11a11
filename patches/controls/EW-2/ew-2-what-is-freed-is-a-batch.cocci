// SPDX-License-Identifier: GPL-2.0
// Subject: mm/madvise: free swap in pairs
//
// Slots that lie side by side are freed together, and so are those that do not.
//
// Kernels from 6.18 on warn of a slot that is free already.
//
// Breaks: EW-2
// Kills: walker_advice.madv_free_tells_neighbours_apart: assertion or report
// In: mm/madvise.c: madvise_free_pte_range

@@
expression list ES;
expression max_nr, nr;
@@
- nr = swap_pte_batch(pte, max_nr, ES);
+ nr = min_t(int, 2, max_nr);
