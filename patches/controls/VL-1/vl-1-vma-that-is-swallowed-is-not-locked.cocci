// SPDX-License-Identifier: GPL-2.0
// Subject: mm: merge a VMA away without locking it
//
// A fault has the VMA that is about to be freed.
//
// Breaks: VL-1
// Kills: vma_life_change.changed_vma_was_write_locked: assertion or report
// In: mm/vma.c: vma_merge_existing_range

@@
@@
- vma_start_write(next);
