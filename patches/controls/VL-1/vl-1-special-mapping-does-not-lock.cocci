// SPDX-License-Identifier: GPL-2.0
// Subject: mm: link a new VMA without locking it
//
// A fault finds the VMA before it is complete.
//
// Breaks: VL-1
// Kills: vma_life_change.changed_vma_was_write_locked: assertion or report
// In: mm/vma.c: vma_link

@@
@@
- vma_start_write(vma);
