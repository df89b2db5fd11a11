// SPDX-License-Identifier: GPL-2.0
// Subject: mm: mseal() does not lock the VMA
//
// The flags of the VMA change, while a fault relies on them.
//
// Breaks: VL-1
// Kills: vma_life_change.changed_vma_was_write_locked: assertion or report
// In: mm/mseal.c: __mseal_range
// Kernels: from 6.19: the flag is set in another function before

@@
@@
- vma_start_write(vma);
