// SPDX-License-Identifier: GPL-2.0
// Subject: mm: the private data of a filesystem stays with the old folio
//
// __migrate_folio() does not hand over what a filesystem has attached, so it is lost,
// and the old folio is never freed. Whoever sees folio_migrate_flags() clear the
// private flag thinks that it is all taken care of there.
//
// Breaks: ME-5, ME-15
// Kills: migrate_folio.private_data_moves: assertion
// In: mm/migrate.c: __migrate_folio

@@
@@
- if (src_private)
- 	folio_attach_private(dst, folio_detach_private(src));
