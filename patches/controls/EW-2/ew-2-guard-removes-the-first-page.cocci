// SPDX-License-Identifier: GPL-2.0
// Subject: mm/madvise: remove a page to put a guard
//
// There may be more than one page in the range. The call comes back to them as often
// as it tries, and gives up.
//
// Breaks: EW-2
// Kills: walker_advice.madv_guard_install_tells_neighbours_apart: assertion
// Kills: walker_advice.madv_guard_install_tells_pages_apart: assertion
// Kernels: from 6.13: no guards before
// In: mm/madvise.c: madvise_guard_install

@@
expression S, E;
@@
(
- zap_page_range_single(vma, S, E, NULL)
+ zap_page_range_single(vma, S, PAGE_SIZE, NULL)
|
- zap_vma_range(vma, S, E)
+ zap_vma_range(vma, S, PAGE_SIZE)
)
