// SPDX-License-Identifier: GPL-2.0
// Subject: mm/userfaultfd: move to where nothing is present
//
// An entry is taken for a hole, and what it stood for is lost.
//
// Breaks: EW-1
// Kills: walker_uffd.uffdio_move_to_meets_each_entry: assertion
// In: mm/userfaultfd.c: move_pages_pte | move_pages_ptes

@@
@@
- if (!pte_none(orig_dst_pte)) {
+ if (pte_present(orig_dst_pte)) {
  ...
  }
