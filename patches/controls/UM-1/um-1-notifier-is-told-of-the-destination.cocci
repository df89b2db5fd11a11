// SPDX-License-Identifier: GPL-2.0
// Subject: mm: UFFDIO_MOVE tells MMU notifiers of the wrong place
//
// The range that they are told of is where the page goes to, where nobody can
// have it yet.
//
// Breaks: UM-1
// Kills: uffd_move_page.exclusive_page_moves: assertion
// In: mm/userfaultfd.c: move_pages_pte | move_pages_ptes

@@
expression list[4] L;
expression E;
@@
- mmu_notifier_range_init(L, src_addr, E);
+ mmu_notifier_range_init(L, dst_addr, dst_addr + PAGE_SIZE);
