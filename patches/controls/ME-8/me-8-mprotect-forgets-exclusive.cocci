// SPDX-License-Identifier: GPL-2.0
// Subject: mm: mprotect() makes an anonymous entry readable, not exclusive
//
// The entry of a private page that nobody shares loses the mark, and the next write
// copies the page. Whoever knows only two kinds of entries writes this.
//
// Breaks: ME-8
// Kills: migration_entry_mprotect.mprotect_downgrades_entry: assertion
// In: mm/mprotect.c: change_softleaf_pte | change_pte_range

@@
@@
- const struct folio *folio = softleaf_to_folio(entry);
- if (folio_test_anon(folio))
- 		entry = make_readable_exclusive_migration_entry(swp_offset(entry));
- 	else
- 		entry = make_readable_migration_entry(swp_offset(entry));
+ entry = make_readable_migration_entry(swp_offset(entry));

@@
@@
- if (folio_test_anon(folio))
- 		entry = make_readable_exclusive_migration_entry(
- 				     swp_offset(entry));
- 	else
- 		entry = make_readable_migration_entry(swp_offset(entry));
+ entry = make_readable_migration_entry(swp_offset(entry));
