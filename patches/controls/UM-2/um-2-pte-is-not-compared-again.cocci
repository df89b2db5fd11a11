// SPDX-License-Identifier: GPL-2.0
// Subject: mm: UFFDIO_MOVE does not look at the ptes again
//
// It takes both page table locks, and moves what it has seen before that.
//
// Breaks: UM-2
// Kills: uffd_move_change.move_is_serial_with_any_change: assertion or report or hang
// In: mm/userfaultfd.c: move_present_pte | move_present_ptes

@@
expression A, B, D, E, F;
@@
(
- !pte_same(ptep_get(src_pte), orig_src_pte) || !pte_same(ptep_get(dst_pte), orig_dst_pte)
+ false
|
- !is_pte_pages_stable(dst_pte, src_pte, orig_dst_pte, orig_src_pte, dst_pmd, dst_pmdval)
+ false
)
