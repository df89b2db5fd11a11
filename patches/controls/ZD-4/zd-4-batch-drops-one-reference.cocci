// SPDX-License-Identifier: GPL-2.0
// Subject: mm: drop one reference where there are more
//
// folios_put_refs() drops one reference of a device folio, however many it has been
// told to. Somebody who leaves a device branch alone when references become a batch's
// second array would do this.
//
// Breaks: ZD-4
// Kills: zone_device_put.every_last_put_frees: assertion
// In: mm/folio.c: folios_put_refs
// In: mm/swap.c: folios_put_refs

@@
statement S;
@@
  if (
- folio_ref_sub_and_test(folio, nr_refs)
+ folio_put_testzero(folio)
  ) S
