// SPDX-License-Identifier: GPL-2.0
// Subject: fs/proc: PAGEMAP_SCAN protects a migration entry that stays writable
//
// The page is mapped writable when the migration ends, and the next write is not
// noticed.
//
// Breaks: WP-2, WP-1
// Kills: soft_bits_scan.scan_protects_what_was_written: assertion
// In: fs/proc/task_mmu.c: make_readable_entry

@@
expression E;
@@
(
- is_writable_migration_entry(E)
+ false
|
- softleaf_is_migration_write(E)
+ false
)
