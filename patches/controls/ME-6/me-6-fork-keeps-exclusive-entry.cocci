// SPDX-License-Identifier: GPL-2.0
// Subject: mm: fork() downgrades writable entries, but not exclusive ones
//
// Only a writable entry is made readable, so an exclusive one ends in two page tables,
// and two processes own the same page alone. That was right as long as there were only
// two kinds of entries.
//
// Breaks: ME-6
// Kills: migration_entry_fork.fork_makes_private_entry_readable: assertion
// In: mm/memory.c: copy_nonpresent_pte

@@
@@
(
- !softleaf_is_migration_read(entry)
+ softleaf_is_migration_write(entry)
|
- !is_readable_migration_entry(entry)
+ is_writable_migration_entry(entry)
)
