// SPDX-License-Identifier: GPL-2.0
// Subject: mm: a folio that somebody else refers to is moved
//
// migrate_folio() looks at the references only where the folio is frozen, which is
// never the case for anonymous memory, so a page is moved away under somebody who
// reads it. Whoever sees the test made twice for the page cache removes the first.
//
// Breaks: ME-15, ME-5
// Kills: migrate_pages_refuse.migrate_folio_refuses_reference: assertion
// In: mm/migrate.c: __migrate_folio

@@
@@
- if (folio_ref_count(src) != expected_count)
- 	return -EAGAIN;
