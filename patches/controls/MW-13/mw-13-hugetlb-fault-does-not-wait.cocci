// SPDX-License-Identifier: GPL-2.0
// Subject: mm/hugetlb: a fault on an entry comes back at once
//
// The task faults again, and again, until the migration is over.
//
// Breaks: MW-13, HT-1
// Kills: hugetlb_wait.entry_is_waited_for: assertion
// Variants: full
// In: mm/hugetlb.c: hugetlb_fault

@@
@@
- migration_entry_wait_huge(vma, vmf.address, vmf.pte);
+ hugetlb_vma_unlock_read(vma);
