// SPDX-License-Identifier: GPL-2.0
// Subject: mm: smaps takes a bit of an entry for the young bit of a pmd
//
// A huge device page counts as referenced by chance.
//
// Breaks: LF-9
// Kills: large_folio_look.smaps_counts_pages_of_huge_device_page: assertion
// Kernels: from 6.19: no huge pages on a device before
// In: fs/proc/task_mmu.c: smaps_pmd_entry

@@
expression list A;
@@
- smaps_account(mss, page, true, young, A);
+ smaps_account(mss, page, true, pmd_young(*pmd) || young, A);
