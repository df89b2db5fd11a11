// SPDX-License-Identifier: GPL-2.0
// Subject: mm: reclaim drops a page that has been written to after MADV_FREE
//
// The dirty bit is not looked at once the page counts as one that may go.
//
// Breaks: SF-11
// Kills: swap_error_lazyfree.lazyfree_page_goes_if_nobody_needs_it: assertion
// In: mm/rmap.c: ttu_anon_lazyfree_folio | try_to_unmap_one

@@
@@
(
- folio_test_dirty(folio) && !(vma->vm_flags & VM_DROPPABLE)
+ false
|
- !folio_test_dirty(folio) || (vma->vm_flags & VM_DROPPABLE)
+ true
)
