// SPDX-License-Identifier: GPL-2.0
// Subject: mm: a page that comes where a marker was is not protected
//
// The first write to private memory that was protected before there was a page is served
// silently.
//
// Breaks: WP-2, WP-1
// Kills: soft_bits_report.write_to_protected_hole_is_reported: assertion
// In: mm/memory.c: map_anon_folio_pte_nopf | do_anonymous_page

@@
@@
(
- entry = pte_mkuffd_wp(entry);
+ ;
|
- entry = pte_mkuffd(entry);
+ ;
)
