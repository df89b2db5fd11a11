// SPDX-License-Identifier: GPL-2.0
// Subject: mm/hugetlb: who accesses a poisoned huge page is told of a bad address
//
// The process does not learn that its memory has failed.
//
// Breaks: HP-1, HT-1
// Kills: hugetlb_poison.poisoned_huge_page_is_an_entry: assertion
// Variants: full
// In: mm/hugetlb.c: hugetlb_fault
// Matches: 2

@@
expression E;
@@
- VM_FAULT_HWPOISON_LARGE | VM_FAULT_SET_HINDEX(E)
+ VM_FAULT_SIGBUS
