// SPDX-License-Identifier: GPL-2.0
// Subject: mm: leave a shared device-private page exclusive
//
// copy_nonpresent_pte() maps the page a second time without telling the rmap that it
// is shared, and PG_anon_exclusive stays. Somebody who picks the wrong one of the two
// helpers would do this.
//
// Breaks: ZD-12
// Kills: zone_device_map.fork_shares_device_private_page: assertion
// In: mm/memory.c: copy_nonpresent_pte

@@
@@
(
- folio_try_dup_anon_rmap_pte(folio, page, src_vma);
+ folio_dup_file_rmap_pte(folio, page);
|
- folio_try_dup_anon_rmap_pte(folio, page, dst_vma, src_vma);
+ folio_dup_file_rmap_pte(folio, page, dst_vma);
)
