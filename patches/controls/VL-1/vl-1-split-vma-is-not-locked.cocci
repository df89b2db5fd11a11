// SPDX-License-Identifier: GPL-2.0
// Subject: mm: a VMA is split without being locked
//
// The new half is locked, the old one gets a new end while a fault may have it.
//
// Breaks: VL-1
// Kills: vma_life_change.changed_vma_was_write_locked: assertion
// Kernels: from 6.18: 6.12 locks the kept half once more, which hides it; not tried between
// In: mm/vma.c: __split_vma

@@
@@
- vma_start_write(vma);
