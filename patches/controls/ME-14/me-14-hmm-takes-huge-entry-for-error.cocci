// SPDX-License-Identifier: GPL-2.0
// Subject: mm/hmm: report huge pages under migration as errors
//
// A device that only looks is told that a huge page under migration is poisoned.
//
// Breaks: ME-14
// Kills: migration_entry_hmm.hmm_snapshot_skips_huge_entry: assertion
// In: mm/hmm.c: hmm_vma_walk_pmd

@@
@@
- return hmm_pfns_fill(start, end, range, 0);
+ return hmm_pfns_fill(start, end, range, HMM_PFN_ERROR);
