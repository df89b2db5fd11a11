// SPDX-License-Identifier: GPL-2.0
// Subject: mm: UFFDIO_MOVE wants page tables where holes are allowed
//
// A hole as large as a page table is one that nobody allows.
//
// Breaks: UM-1
// Kills: uffd_move_lock.place_without_page_tables_is_empty: assertion
// In: mm/userfaultfd.c: move_pages

@@
@@
  if (unlikely(!src_pmd)) {
- 	if (!(mode & UFFDIO_MOVE_MODE_ALLOW_SRC_HOLES)) {
+ 	if (1) {
  		err = -ENOENT;
  		break;
  	}
  	...
  }
