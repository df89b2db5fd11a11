// SPDX-License-Identifier: GPL-2.0
// Subject: mm/rmap: flush once for all pages that reclaim unmaps
//
// Only who asks for a batch flushes later. All others use the page at once.
//
// Breaks: SF-11, EW-1
// Kills: page_table_flush.page_that_goes_is_flushed: assertion
// In: mm/rmap.c: try_to_unmap_one

@@
expression A, P;
@@
(
- ptep_clear_flush(vma, A, P)
+ ptep_get_and_clear(mm, A, P)
|
- flush_tlb_range(vma, address, end_addr)
+ (void)0
)
