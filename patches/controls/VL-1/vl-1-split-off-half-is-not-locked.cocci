// SPDX-License-Identifier: GPL-2.0
// Subject: mm: the half of a VMA that is split off is not locked
//
// It comes into the tree while it can be locked for a fault, and gets its range and its
// anon_vma there. Before 7.0, vma_mark_attached() stops the kernel over a VMA
// that is not locked. Whoever takes a VMA that nobody knows yet for one that needs no lock.
//
// Breaks: VL-1
// Kills: vma_life_change.changed_vma_was_write_locked: assertion or report
// In: mm/vma.c: __split_vma

@@
@@
- vma_start_write(new);
