// SPDX-License-Identifier: GPL-2.0
// Subject: mm/mremap: let munmap() of the old range flush the TLB
//
// Not every old range is unmapped, and until it is, other CPUs write to pages by way of
// translations that no page table has any more.
//
// Breaks: EW-1
// Kills: page_table_flush.page_that_goes_is_flushed: assertion
// Kills: page_table_flush.moved_page_is_flushed_before_the_lock_is_dropped: assertion
// In: mm/mremap.c: move_ptes

@@
@@
- force_flush = true;
