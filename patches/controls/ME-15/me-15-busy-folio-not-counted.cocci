// SPDX-License-Identifier: GPL-2.0
// Subject: mm: migrate_pages() does not count folios that it could not unmap
//
// A folio that is locked, or cannot be unmapped, in all passes is left out of the
// return value: it is still on the list, but the caller is told that nothing is.
// Whoever thinks that the second loop counts what the first has left over drops the
// line.
//
// Breaks: ME-15
// Kills: migrate_pages_wait.async_skips_locked_folio: assertion
// Kills: migrate_pages_refuse.mapped_folio_is_put_back: assertion
// In: mm/migrate.c: migrate_pages_batch

@@
statement S;
@@
  VM_WARN_ON_ONCE(mode != MIGRATE_ASYNC &&
  	!list_empty(from) && !list_is_singular(from));
  for (pass = 0; pass < nr_pass && retry; pass++) S
- nr_failed += retry;
