// SPDX-License-Identifier: GPL-2.0
// Subject: mm: a VMA grows without being locked
//
// A new mapping is merged with the one beside it, whose range changes while a
// fault may have it.
//
// Breaks: VL-1
// Kills: vma_life_change.changed_vma_was_write_locked: assertion
// In: mm/vma.c: vma_expand

@@
identifier vma = {vma, target};
@@
- vma_start_write(vma);
