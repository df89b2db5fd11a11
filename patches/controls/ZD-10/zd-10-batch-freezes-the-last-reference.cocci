// SPDX-License-Identifier: GPL-2.0
// Subject: mm: freeze the last references of a device page
//
// folios_put_refs() frees a device page if it can freeze its count, and drops the
// references otherwise. Two tasks that both fail to do the one both do the other, and
// nobody frees the page. Somebody who knows folio_ref_freeze() from migration would
// think it safer.
//
// Breaks: ZD-10
// Kills: zone_device_race.crossing_puts_free_once: assertion
// In: mm/folio.c: folios_put_refs
// In: mm/swap.c: folios_put_refs

@@
@@
- if (folio_ref_sub_and_test(folio, nr_refs))
- 	free_zone_device_folio(folio);
+ if (folio_ref_freeze(folio, nr_refs))
+ 		free_zone_device_folio(folio);
+ 	else
+ 		folio_ref_sub(folio, nr_refs);
