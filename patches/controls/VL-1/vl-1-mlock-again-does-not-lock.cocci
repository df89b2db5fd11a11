// SPDX-License-Identifier: GPL-2.0
// Subject: mm: mlock() of what is locked does not lock the VMA
//
// There are no pages to be looked at, but the flags of the VMA change.
//
// Breaks: VL-1
// Kills: vma_life_change.changed_vma_was_write_locked: assertion or report
// In: mm/mlock.c: mlock_fixup

@@
@@
- vma_start_write(vma);
