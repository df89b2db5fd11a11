// SPDX-License-Identifier: GPL-2.0
// Subject: mm: a walk that changes ptes does not lock the VMAs
//
// clear_refs makes ptes read-only, behind the back of a fault.
//
// Breaks: VL-1
// Kills: vma_life_change.changed_vma_was_write_locked: assertion or report
// In: mm/pagewalk.c: process_vma_walk_lock

@@
@@
- vma_start_write(vma);
+ ;
