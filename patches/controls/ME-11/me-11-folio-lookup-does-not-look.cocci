// SPDX-License-Identifier: GPL-2.0
// Subject: mm: do not ask for the lock when an entry is followed to its folio
//
// pfn_swap_entry_folio() checks nothing, while pfn_swap_entry_to_page() does. Whoever
// adds a variant of a function from memory would write this.
//
// Breaks: ME-11
// Kills: migration_entry_encoding.entry_to_folio_needs_folio_lock: report
// In: include/linux/leafops.h: softleaf_to_folio
// In: include/linux/swapops.h: pfn_swap_entry_folio

@@
@@
(
- if (softleaf_is_migration(entry))
- 	softleaf_migration_sync(entry, folio);
|
- struct folio *folio = pfn_folio(swp_offset_pfn(entry));
- if (is_migration_entry(entry))
- 	swap_entry_migration_sync(entry, folio);
- return folio;
+ return pfn_folio(swp_offset_pfn(entry));
|
- VM_WARN_ON_ONCE(softleaf_is_migration(entry) && !folio_test_locked(folio));
|
- BUG_ON(is_migration_entry(entry) && !folio_test_locked(folio));
)
