// SPDX-License-Identifier: GPL-2.0
// Subject: mm: UFFDIO_MOVE trusts that the place is still empty
//
// The destination was a hole when the mover looked, and it has not slept since.
// But the monitor may have filled it.
//
// Breaks: UM-2
// Kills: uffd_move_change.move_is_serial_with_any_change: assertion
// In: mm/userfaultfd.c: move_present_pte | is_pte_pages_stable

@@
@@
(
- !pte_same(ptep_get(src_pte), orig_src_pte) || !pte_same(ptep_get(dst_pte), orig_dst_pte)
+ !pte_same(ptep_get(src_pte), orig_src_pte)
|
- pte_same(ptep_get(dst_pte), orig_dst_pte)
+ true
)
