// SPDX-License-Identifier: GPL-2.0
// Subject: mm: make a VMA for brk() without locking it
//
// A fault finds the VMA before it is complete.
//
// Breaks: VL-1
// Kills: vma_life_change.changed_vma_was_write_locked: assertion or report
// In: mm/vma.c: do_brk_flags
// Kernels: from 7.1: to set VM_SOFTDIRTY locks the VMA before

@@
@@
- vma_start_write(vma);
