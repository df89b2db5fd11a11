// SPDX-License-Identifier: GPL-2.0
// Subject: mm/hugetlb: an entry outlives its mapping
//
// What is not present need not be unmapped, somebody thinks.
//
// Breaks: HT-1
// Kills: hugetlb_entry.entry_goes_with_the_mapping: assertion or report
// Variants: full
// In: mm/hugetlb.c: __unmap_hugepage_range

@@
@@
- huge_pte_clear(mm, address, ptep, sz);
+ (void)pte;
