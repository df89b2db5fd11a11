// SPDX-License-Identifier: GPL-2.0
// Subject: mm: the page table of a huge page is not moved along
//
// The page table that is kept for the day on which the pmd is split stays with
// the old pmd.
//
// Breaks: UM-1
// Kills: uffd_move_huge.huge_page_moves_whole: assertion or report or hang
// In: mm/huge_memory.c: move_pages_huge_pmd

@@
@@
- src_pgtable = pgtable_trans_huge_withdraw(mm, src_pmd);
- pgtable_trans_huge_deposit(mm, dst_pmd, src_pgtable);
