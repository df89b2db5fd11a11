// SPDX-License-Identifier: GPL-2.0
// Subject: mm/huge_memory: change the protection of present huge pages only
//
// A pmd under migration keeps its permission to write; a migration that ends after
// mprotect() gives it back.
//
// Breaks: EW-1
// Kills: walker_protect.mprotect_none_meets_each_entry: assertion
// Kills: walker_protect.mprotect_read_meets_each_entry: assertion
// In: mm/huge_memory.c: change_huge_pmd, change_non_present_huge_pmd

@@
expression E;
@@
- make_readable_exclusive_migration_entry(E)
+ make_writable_migration_entry(E)
