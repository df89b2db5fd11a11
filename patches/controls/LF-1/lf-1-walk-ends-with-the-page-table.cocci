// SPDX-License-Identifier: GPL-2.0
// Subject: mm: the rmap walk ends where a page table does
//
// A large folio can be mapped across two page tables. The walk does not go on
// in the second.
//
// Breaks: LF-1
// Kills: large_folio_entry.each_page_has_an_entry_of_its_own: assertion
// In: mm/page_vma_mapped.c: page_vma_mapped_walk

@@
@@
- pvmw->address >= end
+ pvmw->address >= end || !(pvmw->address & (PMD_SIZE - PAGE_SIZE))
