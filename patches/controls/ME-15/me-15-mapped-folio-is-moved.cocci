// SPDX-License-Identifier: GPL-2.0
// Subject: mm: a folio is moved although something still maps it
//
// migrate_folio_unmap() does not look whether all ptes have been replaced, so a folio
// is moved away under those that were not, and parent and child no longer see the same
// page. Whoever thinks that try_to_migrate() cannot fail drops the test.
//
// Breaks: ME-15, ME-5
// Kills: migrate_pages_refuse.mapped_folio_is_put_back: assertion
// In: mm/migrate.c: migrate_folio_unmap

@@
expression state, rc;
@@
- if (!folio_mapped(src)) {
  	__migrate_folio_record(dst, state, anon_vma);
  	return rc;
- }
