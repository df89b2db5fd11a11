// SPDX-License-Identifier: GPL-2.0
// Subject: mm: copy device pages that somebody holds when a process forks
//
// copy_present_ptes() treats any reference on a coherent page as a pin for DMA, and
// gives the child a copy at once; the parent goes on as the exclusive owner. Somebody
// whose driver holds its pages while it works on them would do this.
//
// Breaks: ZD-12
// Kills: zone_device_map.held_coherent_page_is_shared: assertion
// In: mm/memory.c: copy_present_ptes

@@
@@
(
- unlikely(folio_try_dup_anon_rmap_pte(folio, page, src_vma))
+ unlikely((folio_is_device_coherent(folio) &&
+ 	  folio_ref_count(folio) > folio_mapcount(folio) + 1) ||
+ 	 folio_try_dup_anon_rmap_pte(folio, page, src_vma))
|
- unlikely(folio_try_dup_anon_rmap_pte(folio, page, dst_vma, src_vma))
+ unlikely((folio_is_device_coherent(folio) &&
+ 	  folio_ref_count(folio) > folio_mapcount(folio) + 1) ||
+ 	 folio_try_dup_anon_rmap_pte(folio, page, dst_vma, src_vma))
)
