// SPDX-License-Identifier: GPL-2.0
// Subject: mm: make a VMA for brk() without locking it
//
// A fault finds the VMA before it is complete.
//
// Breaks: VL-1
// Kills: vma_life_change.changed_vma_was_write_locked: assertion or report
// In: mm/mmap.c: do_brk_flags
// In: mm/vma.c: do_brk_flags

@@
@@
- vma_start_write(vma);
