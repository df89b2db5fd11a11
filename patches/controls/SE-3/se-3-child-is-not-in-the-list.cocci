// SPDX-License-Identifier: GPL-2.0
// Subject: mm: swapoff does not know of a child
//
// A child that has swap entries is not put into the list that swapoff goes
// through.
//
// Breaks: SE-3
// Kills: swap_error_off.swapoff_leaves_unstable_mm_alone: assertion
// In: mm/memory.c: copy_nonpresent_pte | try_restore_exclusive_pte

@@
@@
(
- list_add(&dst_mm->mmlist, &src_mm->mmlist);
|
- mm_prepare_for_swap_entries(dst_mm);
)
