// SPDX-License-Identifier: GPL-2.0
// Subject: mm: the zero page is copied instead of moved
//
// It is mapped in both places then. Nobody can tell by reading.
//
// Breaks: UM-1
// Kills: uffd_move_page.zero_page_moves uffd_move_range.mixed_pages_move: assertion
// In: mm/userfaultfd.c: move_zeropage_pte

@@
expression A, B, E;
@@
- ptep_clear_flush(A, B, E);
