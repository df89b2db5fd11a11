// SPDX-License-Identifier: GPL-2.0
// Subject: mm/mremap: markers go along with a mapping that is moved
//
// Nobody watches them there.
//
// Breaks: WP-1
// Kills: soft_bits_kept.moved_mapping_leaves_markers_behind: assertion or hang
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
