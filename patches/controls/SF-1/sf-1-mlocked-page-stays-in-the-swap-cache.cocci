// SPDX-License-Identifier: GPL-2.0
// Subject: mm: keep a mlocked page in the swap cache
//
// Only a fault of the VMA that is locked takes the page out, and not that of another one, which
// maps it as well. The test of the page looks superfluous beside that of the VMA.
//
// Breaks: SF-1
// Kills: swap_fault_area.mlocked_page_leaves_swap_cache: assertion
// In: mm/memory.c: should_try_to_free_swap
// Kernels: before 7.0: the swap cache of a fast area is always freed since

@@
@@
- folio_test_mlocked(folio)
+ false
