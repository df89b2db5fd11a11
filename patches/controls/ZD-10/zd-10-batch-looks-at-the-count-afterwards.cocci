// SPDX-License-Identifier: GPL-2.0
// Subject: mm: look at the count of a device page after the put
//
// folios_put_refs() drops the references of a device page and then looks whether the
// count is zero, which two of them can find. Somebody who wants to have the count for
// put_devmap_managed_folio_refs() as well would do this.
//
// Breaks: ZD-10
// Kills: zone_device_race.crossing_puts_free_once: assertion
// Kills: zone_device_race.smp_puts_free_once: assertion
// In: mm/folio.c: folios_put_refs
// In: mm/swap.c: folios_put_refs

@@
@@
- if (folio_ref_sub_and_test(folio, nr_refs))
- 	free_zone_device_folio(folio);
+ folio_ref_sub(folio, nr_refs);
+ if (!folio_ref_count(folio))
+ 	free_zone_device_folio(folio);
