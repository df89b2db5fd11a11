// SPDX-License-Identifier: GPL-2.0
// Subject: mm: the protection of a file's page ends with the page
//
// A page of a file can come back by a fault, and has to be protected then: a marker
// stands for it. Nobody leaves one.
//
// Breaks: WP-1
// Kills: soft_bits_entry.zapped_entry_leaves_marker_of_file: assertion
// Kills: soft_bits_marker.zapped_page_leaves_marker: assertion
// In: mm/memory.c: zap_install_uffd_wp_if_needed

@@
@@
(
- zap_drop_file_uffd_wp(details)
+ true
|
- zap_drop_markers(details)
+ true
)
