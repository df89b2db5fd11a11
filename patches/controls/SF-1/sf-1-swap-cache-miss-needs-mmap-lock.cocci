// SPDX-License-Identifier: GPL-2.0
// Subject: mm: leave swap cache misses to mmap_lock
//
// A fault whose page has to be read from the swap area is retried under mmap_lock;
// only swap cache hits are served under the VMA lock. Whoever believes that readahead
// may look at other VMAs would do this.
//
// Breaks: SF-1
// Kills: swap_fault_served.swap_entry_is_served_under_vma_lock: assertion
// Kills: swap_fault_area.pinned_swap_slot_is_left_alone: assertion
// In: mm/memory.c: do_swap_page

@@
statement S, S1, S2;
@@
(
  swapcache = folio;
+ if (!folio && (vmf->flags & FAULT_FLAG_VMA_LOCK)) {
+ 	vma_end_read(vma);
+ 	ret = VM_FAULT_RETRY;
+ 	goto out;
+ }
  if (!folio) S1 else S2
|
  if (folio) S
+ if (!folio && (vmf->flags & FAULT_FLAG_VMA_LOCK)) {
+ 	vma_end_read(vma);
+ 	ret = VM_FAULT_RETRY;
+ 	goto out;
+ }
  if (!folio) S1
)
