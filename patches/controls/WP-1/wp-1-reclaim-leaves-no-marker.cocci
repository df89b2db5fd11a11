// SPDX-License-Identifier: GPL-2.0
// Subject: mm/rmap: a protected page of a file is reclaimed, and with it its protection
//
// When the page is back, a write to it is not reported.
//
// Breaks: WP-1
// Kills: soft_bits_marker.reclaimed_page_leaves_marker: assertion
// In: mm/rmap.c: try_to_unmap_one

@@
@@
(
- pte_install_uffd_wp_if_needed(...);
|
- install_uffd_wp_ptes_if_needed(...);
|
- cond_install_uffd_wp_ptes(...);
)
