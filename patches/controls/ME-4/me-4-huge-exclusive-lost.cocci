// SPDX-License-Identifier: GPL-2.0
// Subject: mm: a huge page is exclusive if it is writable
//
// remove_migration_pmd() takes read-only for shared: the next write to a page that
// mprotect() has made writable again copies it, for nothing.
//
// Breaks: ME-4
// Kills: huge_page_entry.round_trip_keeps_pmd: assertion
// In: mm/huge_memory.c: remove_migration_pmd

@@
@@
(
- !softleaf_is_migration_read(entry)
+ softleaf_is_migration_write(entry)
|
- !is_readable_migration_entry(entry)
+ is_writable_migration_entry(entry)
)
