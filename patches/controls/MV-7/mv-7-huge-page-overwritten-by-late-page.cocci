// SPDX-License-Identifier: GPL-2.0
// Subject: mm: split a huge page that has come into a hole
//
// So that there is a pte to look at; that is taken already, and the huge page split
// for nothing.
//
// Breaks: MV-7
// Kills: huge_page_migrate_vma.huge_page_in_hole_stays: assertion
// In: mm/migrate_device.c: migrate_vma_insert_page

@@
@@
(
- if (pmd_trans_huge(*pmdp) || pmd_devmap(*pmdp))
- 	goto abort;
+ if (pmd_trans_huge(*pmdp))
+ 	split_huge_pmd(vma, pmdp, addr);
|
- if (pmd_trans_huge(*pmdp))
- 	goto abort;
+ if (pmd_trans_huge(*pmdp))
+ 	split_huge_pmd(vma, pmdp, addr);
|
- if (!is_huge_zero_pmd(*pmdp))
- 	goto abort;
)
