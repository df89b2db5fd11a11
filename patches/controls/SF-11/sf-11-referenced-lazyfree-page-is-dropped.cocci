// SPDX-License-Identifier: GPL-2.0
// Subject: mm: reclaim drops a page that somebody has a reference on
//
// A clean page after MADV_FREE is dropped although direct I/O may be about to
// write to it.
//
// Breaks: SF-11
// Kills: swap_error_lazyfree.lazyfree_page_goes_if_nobody_needs_it: assertion
// In: mm/rmap.c: ttu_anon_lazyfree_folio | try_to_unmap_one

@@
@@
(
- ref_count == 1 + map_count
+ true
|
- ref_count != 1 + map_count
+ false
)
