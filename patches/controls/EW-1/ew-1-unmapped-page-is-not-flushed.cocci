// SPDX-License-Identifier: GPL-2.0
// Subject: mm/memory: do not gather single pages for the TLB
//
// munmap() frees page tables, and flushes for these. MADV_DONTNEED frees none. What gathers
// the pages wonders itself why there is nothing to be flushed.
//
// Breaks: EW-1
// Kills: page_table_flush.page_that_goes_is_flushed: report
// In: mm/memory.c: zap_present_folio_ptes

@@
@@
- tlb_remove_tlb_entries(...);
