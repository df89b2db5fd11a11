// SPDX-License-Identifier: GPL-2.0
// Subject: mm: the huge zero page is looked for in a folio that is not there
//
// The new pmd is made from the folio of the page, which the huge zero page has
// none of here. It refers to memory that does not exist.
//
// Breaks: UM-1
// Kills: uffd_move_huge.huge_zero_page_moves: assertion
// In: mm/huge_memory.c: move_pages_huge_pmd

@@
@@
(
- _dst_pmd = move_soft_dirty_pmd(src_pmdval);
+ _dst_pmd = folio_mk_pmd(src_folio, dst_vma->vm_page_prot);
|
- _dst_pmd = src_pmdval;
+ _dst_pmd = folio_mk_pmd(src_folio, dst_vma->vm_page_prot);
|
- _dst_pmd = mk_huge_pmd(src_page, dst_vma->vm_page_prot);
+ _dst_pmd = mk_huge_pmd(&src_folio->page, dst_vma->vm_page_prot);
)
