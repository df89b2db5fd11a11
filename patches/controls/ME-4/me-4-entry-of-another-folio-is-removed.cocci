// SPDX-License-Identifier: GPL-2.0
// Subject: mm: any migration entry at the right address is taken for the own one
//
// check_pte() does not compare the pfn of a migration entry, so
// remove_migration_ptes() maps its page where a child, or its parent, has another one
// under migration. Whoever thinks that the rmap would not come by if the page was not
// mapped there writes this.
//
// Breaks: ME-4
// Kills: migration_entry_unmap.other_entries_are_left_alone: assertion
// In: mm/page_vma_mapped.c: check_pte

@@
@@
(
- if (!is_migration_entry(entry) &&
- 	    !is_device_exclusive_entry(entry))
- 		return false;
+ if (is_migration_entry(entry))
+ 	return true;
+ if (!is_device_exclusive_entry(entry))
+ 	return false;
|
- if (!is_migration_entry(entry))
- 	return false;
+ return is_migration_entry(entry);
|
- if (!softleaf_is_migration(entry))
- 	return false;
+ return softleaf_is_migration(entry);
)
