// SPDX-License-Identifier: GPL-2.0
// Subject: mm/hmm: return from a huge entry that nobody wants
//
// A snapshot succeeds, and says of a huge page under migration what the caller had
// in its array.
//
// Breaks: EW-1
// Kills: walker_look.hmm_snapshot_meets_each_entry: assertion
// In: mm/hmm.c: hmm_vma_walk_pmd, hmm_vma_handle_absent_pmd

@@
expression start, end, range;
@@
- return hmm_pfns_fill(start, end, range, 0);
+ return 0;
