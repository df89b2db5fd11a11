// SPDX-License-Identifier: GPL-2.0
// Subject: mm/madvise: take any marker for a guard
//
// Where a page could not be read there is a marker as well, and it stays. What is freed
// and mapped again there can be read, or not, by chance.
//
// Breaks: EW-1
// Kills: walker_advice.madv_guard_install_meets_each_entry: assertion
// Kernels: from 6.13: no guards before
// In: mm/madvise.c: guard_install_pte_entry

@@
@@
- if (is_guard_pte_marker(pteval)) {
+ if (is_guard_pte_marker(pteval) || pte_same(pteval, make_pte_marker(PTE_MARKER_POISONED))) {
  ...
  }
