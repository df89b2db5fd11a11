// SPDX-License-Identifier: GPL-2.0
// Subject: mm/rmap: keep what has been written to
//
// Droppable memory is there to be written to, and to be dropped nevertheless.
//
// Breaks: SF-11, EW-1
// Kills: swap_error_reclaim.droppable_page_goes_although_it_was_written_to: assertion
// In: mm/rmap.c: ttu_anon_lazyfree_folio | try_to_unmap_one

@@
@@
(
- folio_test_dirty(folio) && !(vma->vm_flags & VM_DROPPABLE)
+ folio_test_dirty(folio)
|
- !folio_test_dirty(folio) || (vma->vm_flags & VM_DROPPABLE)
+ !folio_test_dirty(folio)
)
