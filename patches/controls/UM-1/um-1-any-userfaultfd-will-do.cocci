// SPDX-License-Identifier: GPL-2.0
// Subject: mm: UFFDIO_MOVE fills what another userfaultfd watches
//
// It is enough that the destination is registered with some userfaultfd.
//
// Breaks: UM-1
// Kills: uffd_move_range.bad_arguments_are_refused: assertion
// In: mm/userfaultfd.c: validate_move_areas

@@
@@
- !dst_vma->vm_userfaultfd_ctx.ctx || dst_vma->vm_userfaultfd_ctx.ctx != ctx
+ !dst_vma->vm_userfaultfd_ctx.ctx
