// SPDX-License-Identifier: GPL-2.0
// Subject: mm: UFFDIO_MOVE takes a place that is not free
//
// What is mapped there is not looked at, and lost.
//
// Breaks: UM-1, UM-2
// Kills: uffd_move_page.refused_page_stays: assertion
// Kills: uffd_move_change.page_is_rechecked_after_sleep: assertion
// In: mm/userfaultfd.c: move_pages_pte | move_pages_ptes

@@
@@
- !pte_none(orig_dst_pte)
+ false
