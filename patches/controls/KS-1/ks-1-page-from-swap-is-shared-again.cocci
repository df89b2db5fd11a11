// SPDX-License-Identifier: GPL-2.0
// Subject: mm/ksm: a page of another anon_vma is mapped as it is
//
// Its rmap does not know the address space that maps it now.
//
// Breaks: KS-1
// Kills: ksm_swap.rmap_of_a_page_that_came_back_is_right: assertion or report
// Variants: full
// In: mm/ksm.c: ksm_might_need_to_copy

@@
expression e;
@@
- folio->index == e && anon_vma->root == vma->anon_vma->root
+ anon_vma->root
