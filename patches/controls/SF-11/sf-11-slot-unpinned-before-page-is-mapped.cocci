// SPDX-License-Identifier: GPL-2.0
// Subject: mm: give back the swap slot as soon as it has been read
//
// The pin on a slot that is read past the swap cache is given back after the read, so
// that another fault may take and free the slot, and its next page looks like this one
// to pte_same(). Whoever wants to pin it no longer than the I/O takes would move the
// call.
//
// Breaks: SF-11, SF-1
// Kills: swap_fault_stage.swapin_holds_slot_and_area: assertion
// In: mm/memory.c: do_swap_page
// Kernels: before 7.0: a page is no longer read past the swap cache

@@
@@
  folio->private = NULL;
+ swapcache_clear(si, entry, nr_pages);
+ need_clear_cache = false;
