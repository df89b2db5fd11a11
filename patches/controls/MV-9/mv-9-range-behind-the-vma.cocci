// SPDX-License-Identifier: GPL-2.0
// Subject: mm: let a range end behind its VMA
//
// The end of the range is no longer compared with the end of the VMA, and neighbours
// are migrated with it. Made by someone who simplifies the two checks of the end to
// one.
//
// Breaks: MV-9
// Kills: migrate_vma_range.bad_arguments_are_refused: assertion
// In: mm/migrate_device.c: migrate_vma_setup

@@
@@
- args->end <= args->vma->vm_start || args->end > args->vma->vm_end
+ args->end <= args->vma->vm_start
