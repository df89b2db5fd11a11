// SPDX-License-Identifier: GPL-2.0
// Subject: mm: do not ask for the lock when an entry is followed to its page
//
// pfn_swap_entry_to_page() gives the page of a migration entry whether its folio is
// locked or not. Somebody who finds that the lock cannot be asked for in a new place
// would rather drop the check than take the lock.
//
// Breaks: ME-11
// Kills: migration_entry_encoding.entry_to_page_needs_folio_lock: report
// In: include/linux/leafops.h: softleaf_to_page
// In: include/linux/swapops.h: pfn_swap_entry_to_page

@@
@@
(
- if (softleaf_is_migration(entry))
- 	softleaf_migration_sync(entry, page_folio(page));
|
- struct page *p = pfn_to_page(swp_offset_pfn(entry));
- if (is_migration_entry(entry))
- 	swap_entry_migration_sync(entry, page_folio(p));
- return p;
+ return pfn_to_page(swp_offset_pfn(entry));
|
- VM_WARN_ON_ONCE(softleaf_is_migration(entry) && !PageLocked(page));
|
- BUG_ON(is_migration_entry(entry) && !PageLocked(p));
)
