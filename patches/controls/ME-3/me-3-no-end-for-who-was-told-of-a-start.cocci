// SPDX-License-Identifier: GPL-2.0
// Subject: mm: other MMUs are not told that a pinned page stays
//
// try_to_migrate_one() returns right away when a pinned page cannot be shared, so an
// MMU notifier that was told of the start never hears of the end, and a device waits
// for it for ever. Whoever turns a break into an early return writes this.
//
// Breaks: ME-3
// Kills: migration_entry_unmap.pinned_page_stays_mapped: assertion
// In: mm/rmap.c: try_to_migrate_one

@@
@@
  if (anon_exclusive &&
  	folio_try_share_anon_rmap_pte(folio, subpage)) {
  	set_pte_at(mm, address, pvmw.pte, pteval);
- 	ret = false;
  	page_vma_mapped_walk_done(&pvmw);
- 	break;
+ 	return false;
  }
