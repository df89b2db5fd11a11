// SPDX-License-Identifier: GPL-2.0
// Subject: mm: UFFDIO_MOVE trusts the places of a swap entry
//
// The folio of the swap cache is compared, and that is enough. But another
// task may have filled the destination, or taken the entry away.
//
// Breaks: UM-2
// Kills: uffd_move_change.move_is_serial_with_any_change: assertion
// In: mm/userfaultfd.c: move_swap_pte

@@
@@
(
- !pte_same(ptep_get(src_pte), orig_src_pte) || !pte_same(ptep_get(dst_pte), orig_dst_pte)
+ false
|
- !is_pte_pages_stable(...)
+ false
)
