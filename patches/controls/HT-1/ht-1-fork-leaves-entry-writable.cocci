// SPDX-License-Identifier: GPL-2.0
// Subject: mm/hugetlb: fork() leaves a writable entry as it is
//
// Parent and child get the page back writable, and see what the other one writes.
//
// Breaks: HT-1
// Kills: hugetlb_entry.fork_copies_the_entry: assertion
// Variants: full
// In: mm/hugetlb.c: copy_hugetlb_page_range

@@
expression e;
@@
(
- !is_readable_migration_entry(e) && cow
+ !is_readable_migration_entry(e) && !cow
|
- !softleaf_is_migration_read(e) && cow
+ !softleaf_is_migration_read(e) && !cow
)
