// SPDX-License-Identifier: GPL-2.0
// Subject: mm/huge_memory: do not gather the pmd for the TLB
//
// The huge page is freed while CPUs can still use it. What gathers
// the pages wonders itself why there is nothing to be flushed.
//
// Breaks: EW-1
// Kills: page_table_flush.page_that_goes_is_flushed: report
// In: mm/huge_memory.c: zap_huge_pmd

@@
@@
- tlb_remove_pmd_tlb_entry(...);
