// SPDX-License-Identifier: GPL-2.0
// Subject: mm: try_to_migrate() shares an exclusive page that is pinned
//
// The result of folio_try_share_anon_rmap_pte() is ignored, so a page that DMA goes to
// loses its exclusive mark, and the next write copies it away from the device. Whoever
// expects the migration to fail later anyway writes this.
//
// Breaks: ME-3, ME-15
// Kills: migration_entry_unmap.pinned_page_stays_mapped: assertion
// In: mm/rmap.c: try_to_migrate_one
// Matches: 2

@@
@@
- anon_exclusive &&
- 	   folio_try_share_anon_rmap_pte(folio, subpage)
+ anon_exclusive

@@
@@
- set_pte_at(mm, address, pvmw.pte, pteval);
- ret = false;
- page_vma_mapped_walk_done(&pvmw);
- break;
+ folio_try_share_anon_rmap_pte(folio, subpage);
