// SPDX-License-Identifier: GPL-2.0
// Subject: mm: the first MMU notifier comes while faults run
//
// The notifier is registered while a fault under the VMA lock maps a page, of
// which it has not been told, and never will be.
//
// Breaks: VL-1
// Kills: vma_life_change.changed_vma_was_write_locked: assertion or report
// In: mm/vma.c: mm_take_all_locks

@@
@@
- vma_start_write(vma);
+ ;
