// SPDX-License-Identifier: GPL-2.0
// Subject: mm: UFFDIO_MOVE trusts the places of a zero page
//
// A zero page has no lock to sleep for, so nothing can have changed. But
// another task may run between the look and the lock.
//
// Breaks: UM-2
// Kills: uffd_move_change.move_is_serial_with_any_change: assertion
// In: mm/userfaultfd.c: move_zeropage_pte

@@
@@
(
- !pte_same(ptep_get(src_pte), orig_src_pte) || !pte_same(ptep_get(dst_pte), orig_dst_pte)
+ false
|
- !is_pte_pages_stable(...)
+ false
)
