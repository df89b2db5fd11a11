// SPDX-License-Identifier: GPL-2.0
// Subject: mm/hmm: look at the wishes for the whole pmd
//
// The range may end before the pmd does: a snapshot of a part of a huge page under migration
// waits, since somebody seems to ask for a page behind it.
//
// Breaks: EW-1, ME-14
// Kills: migration_entry_hmm.hmm_snapshot_skips_huge_entry: assertion
// In: mm/hmm.c: hmm_vma_walk_pmd

@@
@@
- unsigned long npages = (end - start) >> PAGE_SHIFT;
+ unsigned long npages = ((end - start) >> PAGE_SHIFT) + 1;
