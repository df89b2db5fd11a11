// SPDX-License-Identifier: GPL-2.0
// Subject: hugetlbfs: the new page is nobody's
//
// When it is freed, the mount does not get it back, and has one page less for ever.
//
// Breaks: HT-1
// Kills: hugetlb_migrate.page_moves_with_all_it_has: assertion
// Variants: full
// In: fs/hugetlbfs/inode.c: hugetlbfs_migrate_folio

@@
@@
- if (hugetlb_folio_subpool(src))
+ if (!src)
{ ... }
