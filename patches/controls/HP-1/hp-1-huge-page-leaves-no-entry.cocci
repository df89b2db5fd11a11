// SPDX-License-Identifier: GPL-2.0
// Subject: mm/rmap: a poisoned page of hugetlb leaves nothing behind
//
// The next access gets a new huge page full of zeroes, and nobody knows that data is lost.
//
// Breaks: HP-1, HT-1
// Kills: hugetlb_poison.poisoned_huge_page_is_an_entry: assertion
// Variants: full
// In: mm/rmap.c: try_to_unmap_poisoned_hugetlb_one | try_to_unmap_one

@@
@@
  hugetlb_count_sub(...);
- set_huge_pte_at(...);
