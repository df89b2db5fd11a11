// SPDX-License-Identifier: GPL-2.0
// Subject: mm: mremap() takes the marker of a protected page along
//
// The new place is not watched, and nobody takes the marker away.
//
// Breaks: WP-1
// Kills: soft_bits_marker.marker_does_not_move: assertion
// In: mm/mremap.c: move_ptes

@@
@@
(
- need_clear_uffd_wp && pte_marker_uffd_wp(pte)
+ false
|
- need_clear_uffd_wp && pte_is_uffd_wp_marker(pte)
+ false
)
