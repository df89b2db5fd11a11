// SPDX-License-Identifier: GPL-2.0
// Subject: mm: mprotect() does not lock the VMA
//
// Page protection and flags of the VMA change one after the other.
//
// Breaks: VL-1
// Kills: vma_life_change.changed_vma_was_write_locked: assertion or report
// In: mm/mprotect.c: mprotect_fixup

@@
@@
- vma_start_write(vma);
