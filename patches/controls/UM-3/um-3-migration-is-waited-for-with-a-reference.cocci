// SPDX-License-Identifier: GPL-2.0
// Subject: mm: UFFDIO_MOVE takes a reference while it waits for a migration
//
// The folio cannot be migrated as long as somebody waits for that.
//
// Breaks: UM-3
// Kills: uffd_move_sleep.migration_is_waited_for: assertion
// In: mm/userfaultfd.c: move_pages_pte | move_pages_ptes

@@
statement S;
@@
  if (is_migration_entry(entry)) {
+ 	struct folio *moving = pfn_swap_entry_folio(entry);
+
+ 	folio_get(moving);
  	...
  	migration_entry_wait(mm, src_pmd, src_addr);
+ 	folio_put(moving);
  	...
  } else S

@@
statement S;
@@
  if (softleaf_is_migration(entry)) {
+ 	struct folio *moving = softleaf_to_folio(entry);
+
+ 	folio_get(moving);
  	...
  	migration_entry_wait(mm, src_pmd, src_addr);
+ 	folio_put(moving);
  	...
  } else S
