// SPDX-License-Identifier: GPL-2.0
// Subject: mm/rmap: the dirty bit goes when a device gets a page for itself
//
// Reclaim throws the page away instead of writing it to swap.
//
// Breaks: EW-1, MV-11
// Kills: walker_exclusive.exclusive_access_keeps_what_was_written: assertion
// In: mm/rmap.c: make_device_exclusive | page_make_device_exclusive_one

@@
expression e;
@@
- if (pte_dirty(e))
-   folio_mark_dirty(folio);
