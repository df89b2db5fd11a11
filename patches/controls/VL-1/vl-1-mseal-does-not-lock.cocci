// SPDX-License-Identifier: GPL-2.0
// Subject: mm: mseal() does not lock the VMA
//
// The flags of the VMA change, while a fault relies on them.
//
// Breaks: VL-1
// Kills: vma_life_change.changed_vma_was_write_locked: assertion or report
// In: mm/mseal.c: __mseal_range | mseal_apply
// Kernels: from 6.18: the flag is set by a helper of a header before

@@
@@
(
- vma_start_write(vma);
|
- vm_flags_set(vma, VM_SEALED);
+ __vm_flags_mod(vma, VM_SEALED, 0);
)
