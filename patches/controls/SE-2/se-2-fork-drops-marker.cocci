// SPDX-License-Identifier: GPL-2.0
// Subject: mm: fork() gives the child zeroes for a page that could not be read
//
// The marker is not copied. The child does not find out that the page is lost.
//
// Breaks: SE-2
// Kills: swap_error_anon.marker_of_unreadable_page_is_no_slot: assertion
// In: mm/memory.c: copy_nonpresent_pte

@@
@@
- if (marker)
+ if (marker && dst_vma->vm_flags & VM_SHARED)
  	set_pte_at(dst_mm, addr, dst_pte, make_pte_marker(marker));
