// SPDX-License-Identifier: GPL-2.0
// Subject: mm: UFFDIO_MOVE trusts that the page is still there
//
// The page is locked, and so is its reverse map. But another task may have
// unmapped it since the mover looked.
//
// Breaks: UM-2
// Kills: uffd_move_change.move_is_serial_with_any_change: assertion
// In: mm/userfaultfd.c: move_present_pte | is_pte_pages_stable

@@
@@
(
- !pte_same(ptep_get(src_pte), orig_src_pte) || !pte_same(ptep_get(dst_pte), orig_dst_pte)
+ !pte_same(ptep_get(dst_pte), orig_dst_pte)
|
- pte_same(ptep_get(src_pte), orig_src_pte)
+ true
)
