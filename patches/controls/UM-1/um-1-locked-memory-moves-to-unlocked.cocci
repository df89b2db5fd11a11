// SPDX-License-Identifier: GPL-2.0
// Subject: mm: UFFDIO_MOVE does not mind mlock()
//
// A page of a VM_LOCKED VMA goes to one that is not, and is counted as mlocked
// there.
//
// Breaks: UM-1
// Kills: uffd_move_range.bad_arguments_are_refused: assertion
// In: mm/userfaultfd.c: validate_move_areas

@@
@@
- if ((src_vma->vm_flags & VM_LOCKED) != (dst_vma->vm_flags & VM_LOCKED))
- 	return -EINVAL;
