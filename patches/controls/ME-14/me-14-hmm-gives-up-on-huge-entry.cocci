// SPDX-License-Identifier: GPL-2.0
// Subject: mm/hmm: do not wait for huge pages
//
// A huge page that is under migration cannot be had, and hmm_range_fault() fails.
//
// Breaks: ME-14
// Kills: migration_entry_hmm.hmm_fault_waits_for_new_huge_page: assertion
// In: mm/hmm.c: hmm_vma_walk_pmd

@@
@@
- hmm_vma_walk->last = addr;
- pmd_migration_entry_wait(walk->mm, pmdp);
- return -EBUSY;
+ return -EFAULT;
