// SPDX-License-Identifier: GPL-2.0
// Subject: mm: MADV_DONTNEED forgets that a page of a file is protected
//
// The marker is taken away, as at the end of the mapping, and is not put back.
//
// Breaks: WP-1
// Kills: soft_bits_marker.zapped_marker_stays_in_a_file: assertion
// In: mm/memory.c: zap_nonpresent_ptes | zap_pte_range

@@
expression V, D;
@@
(
  if (!vma_is_anonymous(V) && !zap_drop_file_uffd_wp(D))
- 	continue;
+ {
+ 	pte_clear(vma->vm_mm, addr, pte);
+ 	continue;
+ }
|
  if (!vma_is_anonymous(V) && !zap_drop_markers(D))
- 	return 1;
+ {
+ 	pte_clear(vma->vm_mm, addr, pte);
+ 	return 1;
+ }
)
