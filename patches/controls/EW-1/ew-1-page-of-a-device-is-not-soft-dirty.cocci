// SPDX-License-Identifier: GPL-2.0
// Subject: mm/memory: a page that a device had for itself is not soft-dirty
//
// Whoever looks for what has changed does not find the page.
//
// Breaks: EW-1, WP-1
// Kills: walker_exclusive.exclusive_access_keeps_what_was_written: assertion
// Kernels: from 6.15: a page that came back was dirty before, and so soft-dirty
// In: mm/memory.c: restore_exclusive_pte

@@
@@
- if (pte_swp_soft_dirty(orig_pte))
-   pte = pte_mksoft_dirty(pte);
