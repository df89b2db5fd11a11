// SPDX-License-Identifier: GPL-2.0
// Subject: mm: mremap() of a huge page leaves the old place in the TLB
//
// As before eb66ae030829 ("mremap: properly flush TLB before releasing the page",
// CVE-2018-18281): a CPU may still read and write there.
//
// Breaks: EW-1
// Kills: huge_page_use.mremap_flushes_the_old_place: assertion
// In: mm/huge_memory.c: move_huge_pmd

@@
@@
- flush_pmd_tlb_range(vma, old_addr, old_addr + PMD_SIZE);
+ ;
