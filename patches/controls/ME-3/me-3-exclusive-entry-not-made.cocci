// SPDX-License-Identifier: GPL-2.0
// Subject: mm: a read-only exclusive page gets a readable entry
//
// The branch for read-only ptes of exclusive anonymous pages is missing, so after the
// migration the page counts as shared and is copied on the next write. This is how it
// was before there were exclusive entries.
//
// Breaks: ME-3
// Kills: migration_entry_unmap.unmap_records_pte: assertion
// Kills: migration_entry_rmap.caller_may_hold_rmap_lock: assertion
// Kills: migration_entry_unmap.unmap_notifies_secondary_mmus: assertion
// In: mm/rmap.c: try_to_migrate_one

@@
@@
- if (anon_exclusive)
- 		entry = make_readable_exclusive_migration_entry(
- 					page_to_pfn(subpage));
- 	else
- 		entry = make_readable_migration_entry(
- 					page_to_pfn(subpage));
+ entry = make_readable_migration_entry(
+ 	page_to_pfn(subpage));
