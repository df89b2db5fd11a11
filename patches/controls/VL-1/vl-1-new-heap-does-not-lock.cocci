// SPDX-License-Identifier: GPL-2.0
// Subject: mm: make a VMA for brk() without locking it
//
// A fault finds the VMA before it is complete. Before 7.0, vma_mark_attached() stops the
// kernel over a VMA that is not locked.
//
// Breaks: VL-1
// Kills: vma_life_change.changed_vma_was_write_locked: assertion or report
// In: mm/vma.c: do_brk_flags
// Kernels: from 6.15: to set VM_SOFTDIRTY locks the VMA before, which hides it

@@
@@
- vma_start_write(vma);
