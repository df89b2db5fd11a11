// SPDX-License-Identifier: GPL-2.0
// Subject: mm: forget device pages in a batch
//
// folios_put_refs() drops the references of a device folio, but calls nothing when
// they were the last. Somebody who takes put_devmap_managed_folio_refs() to see to all
// kinds of device memory would do this.
//
// Breaks: ZD-4
// Kills: zone_device_put.every_last_put_frees: assertion
// In: mm/folio.c: folios_put_refs
// In: mm/swap.c: folios_put_refs

@@
@@
- if (folio_ref_sub_and_test(folio, nr_refs))
- 	free_zone_device_folio(folio);
+ folio_ref_sub(folio, nr_refs);
