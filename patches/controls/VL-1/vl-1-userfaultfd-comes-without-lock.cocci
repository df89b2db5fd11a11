// SPDX-License-Identifier: GPL-2.0
// Subject: mm: a userfaultfd is registered without the VMA lock
//
// The flags and the context of the VMA are not changed at once: a fault may see
// one without the other.
//
// Breaks: VL-1
// Kills: vma_life_change.changed_vma_was_write_locked: assertion or report
// In: mm/userfaultfd.c: userfaultfd_set_ctx

@@
@@
- vma_start_write(vma);
