// SPDX-License-Identifier: GPL-2.0
// Subject: mm/memory: make writable migration entries readable at fork
//
// An entry that is readable and exclusive has nothing to lose, it seems; the page
// comes back exclusive in two mms.
//
// Breaks: EW-1
// Kills: walker_protect.fork_meets_each_entry: assertion
// In: mm/memory.c: copy_nonpresent_pte

@@
expression entry;
@@
(
- !is_readable_migration_entry(entry)
+ is_writable_migration_entry(entry)
|
- !softleaf_is_migration_read(entry)
+ softleaf_is_migration_write(entry)
)
