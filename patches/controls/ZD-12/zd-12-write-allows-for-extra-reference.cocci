// SPDX-License-Identifier: GPL-2.0
// Subject: mm: allow for an extra reference of device memory in do_wp_page()
//
// wp_can_reuse_anon_folio() grants device pages one reference more than their mapping,
// and a page that a driver still holds is written to in place. The extra reference of
// ZONE_DEVICE pages is long gone; somebody would grant it again who learned the rules
// before that.
//
// Breaks: ZD-12
// Kills: zone_device_map.held_coherent_page_is_shared: assertion
// In: mm/memory.c: wp_can_reuse_anon_folio
// Matches: 2

@@
@@
(
- folio_ref_count(folio) > 1 + folio_test_swapcache(folio)
+ folio_ref_count(folio) > 1 + folio_test_swapcache(folio) +
+ 	    (folio_is_zone_device(folio) && folio_mapcount(folio) == 1)
|
- folio_ref_count(folio) > 1 + in_swapcache
+ folio_ref_count(folio) > 1 + in_swapcache +
+ 	    (folio_is_zone_device(folio) && folio_mapcount(folio) == 1)
)

@@
@@
- folio_ref_count(folio) != 1
+ folio_ref_count(folio) > 1 +
+ 	    (folio_is_zone_device(folio) && folio_mapcount(folio) == 1)
