// SPDX-License-Identifier: GPL-2.0
// Subject: fork: leave the TLB of the parent alone
//
// Its pages can only be read from now on, but other threads write to them all the same, and
// the child sees that.
//
// Breaks: EW-1, ME-6
// Kills: page_table_flush.page_that_goes_is_flushed: assertion
// In: kernel/fork.c: dup_mmap
// In: mm/mmap.c: dup_mmap

@@
@@
- flush_tlb_mm(oldmm);
