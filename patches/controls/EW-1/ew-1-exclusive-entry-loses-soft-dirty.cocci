// SPDX-License-Identifier: GPL-2.0
// Subject: mm/rmap: an entry for a device is not soft-dirty
//
// Whoever looks for what has changed does not find the page.
//
// Breaks: EW-1, WP-1
// Kills: walker_exclusive.exclusive_access_keeps_what_was_written: assertion
// In: mm/rmap.c: make_device_exclusive | page_make_device_exclusive_one

@@
expression e, s;
@@
- if (pte_soft_dirty(e))
-   s = pte_swp_mksoft_dirty(s);
