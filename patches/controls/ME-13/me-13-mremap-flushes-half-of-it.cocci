// SPDX-License-Identifier: GPL-2.0
// Subject: mm/mremap: flush what is left of the range
//
// The address has moved on to the end by then: nothing is flushed.
//
// Breaks: ME-13, EW-1
// Kills: page_table_flush.page_that_goes_is_flushed: assertion
// Kills: page_table_flush.moved_page_is_flushed_before_the_lock_is_dropped: assertion
// In: mm/mremap.c: move_ptes

@@
@@
- flush_tlb_range(vma, old_end - len, old_end);
+ flush_tlb_range(vma, old_addr, old_end);
