// SPDX-License-Identifier: GPL-2.0
// Subject: mm: map a page under writeback writable
//
// An area that needs stable pages has them written to while it reads them. The exception is for
// few areas, and easily lost when do_swap_page() is tidied.
//
// Breaks: SF-1
// Kills: swap_fault_area.stable_writeback_page_is_read_only: assertion
// In: mm/memory.c: do_swap_page

@@
@@
- data_race(si->flags & SWP_STABLE_WRITES)
+ false
