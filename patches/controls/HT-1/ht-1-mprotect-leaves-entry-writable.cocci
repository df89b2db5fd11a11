// SPDX-License-Identifier: GPL-2.0
// Subject: mm/hugetlb: mprotect() overlooks an entry
//
// The page comes back writable, though the process has given that up.
//
// Breaks: HT-1
// Kills: hugetlb_entry.mprotect_changes_the_entry: assertion
// Variants: full
// In: mm/hugetlb.c: hugetlb_change_protection

@@
expression e;
@@
(
- is_writable_migration_entry(e)
+ !is_migration_entry(e)
|
- softleaf_is_migration_write(e)
+ !softleaf_is_migration(e)
)
