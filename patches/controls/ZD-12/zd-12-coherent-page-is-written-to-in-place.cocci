// SPDX-License-Identifier: GPL-2.0
// Subject: mm: reuse a coherent page whoever else maps it
//
// do_wp_page() takes a device page for one that has a single owner, and makes its pte
// writable although a child shares the page. Somebody who thinks that only pages on
// the LRU can be shared by fork() would do this.
//
// Breaks: ZD-12
// Kills: zone_device_map.cow_drops_writers_reference: assertion
// In: mm/memory.c: do_wp_page

@@
@@
- (PageAnonExclusive(vmf->page) || wp_can_reuse_anon_folio(folio, vma))
+ (PageAnonExclusive(vmf->page) || folio_is_zone_device(folio) ||
+ 	     wp_can_reuse_anon_folio(folio, vma))
