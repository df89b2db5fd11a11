// SPDX-License-Identifier: GPL-2.0
// Subject: mm: UFFDIO_MOVE makes the page read-only
//
// The new pte has the permissions of a private mapping, and each page costs a
// fault more.
//
// Breaks: UM-1
// Kills: uffd_move_page.exclusive_page_moves: assertion
// In: mm/userfaultfd.c: move_present_pte | move_present_ptes

@@
@@
- orig_dst_pte = pte_mkwrite(orig_dst_pte, dst_vma);
