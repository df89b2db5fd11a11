// SPDX-License-Identifier: GPL-2.0
// Subject: mm/hugetlb: a child has nothing where its parent has a poisoned page
//
// The child gets a new huge page full of zeroes, and does not know that data is lost.
//
// Breaks: HP-1, HT-1
// Kills: hugetlb_poison.huge_entry_stays_what_it_is: assertion
// Variants: full
// In: mm/hugetlb.c: copy_hugetlb_page_range

@@
expression E;
statement S;
@@
  if (unlikely(\(is_hugetlb_entry_hwpoisoned\|softleaf_is_hwpoison\)(E))) {
  ...
- set_huge_pte_at(...);
  } else S
