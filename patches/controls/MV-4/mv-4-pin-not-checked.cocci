// SPDX-License-Identifier: GPL-2.0
// Subject: mm: let pinned pages pass migrate_vma_check_page()
//
// The comparison of references and mappings tolerates one reference more than it
// should. A page that somebody else has a reference on is offered to the driver. The
// classic off-by-one of every edit of this line.
//
// Breaks: MV-4
// Kills: migrate_vma_lock.refused_page_is_put_back: assertion
// In: mm/migrate_device.c: migrate_vma_check_page

@@
@@
- (folio_ref_count(folio) - extra) > folio_mapcount(folio)
+ (folio_ref_count(folio) - extra) > folio_mapcount(folio) + 1
