// SPDX-License-Identifier: GPL-2.0
// Subject: mm: free device pages under the LRU lock
//
// folios_put_refs() no longer drops the lock of the LRU list before it comes to a
// device folio, so that the driver is told with interrupts off and a spinlock held.
// Somebody who thinks that only free_huge_folio() needs that would do this.
//
// Breaks: ZD-4
// Kills: zone_device_put.mixed_batches_free_all: assertion
// In: mm/folio.c: folios_put_refs
// In: mm/swap.c: folios_put_refs

@@
statement S;
@@
(
- if (lruvec) {
- 	lruvec_unlock_irqrestore(lruvec, flags);
- 	lruvec = NULL;
- }
  if (folio_ref_sub_and_test(folio, nr_refs)) S
|
- if (lruvec) {
- 	unlock_page_lruvec_irqrestore(lruvec, flags);
- 	lruvec = NULL;
- }
  if (put_devmap_managed_folio_refs(folio, nr_refs)) S
|
- if (lruvec) {
- 	unlock_page_lruvec_irqrestore(lruvec, flags);
- 	lruvec = NULL;
- }
  if (folio_ref_sub_and_test(folio, nr_refs)) S
)
