// SPDX-License-Identifier: GPL-2.0
// Subject: mm: UFFDIO_MOVE does not see a page that is being read
//
// The slot is not looked at again under the page table lock, and the folio
// that has come is left with the old index.
//
// Breaks: UM-2
// Kills: uffd_move_change.swapin_is_not_passed: assertion
// In: mm/userfaultfd.c: move_swap_pte
// Kernels: before 6.19: a slot is not marked before its folio is there

@@
@@
- READ_ONCE(si->swap_map[swp_offset(entry)]) & SWAP_HAS_CACHE
+ false
