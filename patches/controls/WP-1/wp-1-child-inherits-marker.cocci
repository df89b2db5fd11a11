// SPDX-License-Identifier: GPL-2.0
// Subject: mm/memory: copy the markers of a file
//
// A child has the page tables that its parent has. But nobody watches the child, and
// nobody would take its markers away.
//
// Breaks: WP-1
// Kills: soft_bits_marker.fork_leaves_marker_behind: assertion
// In: mm/memory.c: vma_needs_copy
// In: mm/memory.c: copy_nonpresent_pte
// Matches: 2

@@
@@
(
- if (userfaultfd_wp(dst_vma))
+ if (userfaultfd_wp(src_vma))
  	return true;
|
- dst_vma->vm_flags & VM_COPY_ON_FORK
+ src_vma->vm_flags & VM_COPY_ON_FORK
|
- copy_pte_marker(entry, dst_vma)
+ PTE_MARKER_UFFD_WP
)
