// SPDX-License-Identifier: GPL-2.0
// Subject: hugetlbfs: truncation does not wait for a page
//
// A page that is locked, for instance as it is moved, stays in the file.
//
// Breaks: HT-1
// Kills: hugetlb_entry.truncation_waits_for_the_migration: assertion or report
// Kernels: from 7.1: the function has returned something before
// Variants: full
// In: fs/hugetlbfs/inode.c: remove_inode_single_folio

@@
@@
- folio_lock(folio);
+ if (!folio_trylock(folio))
+	return;
