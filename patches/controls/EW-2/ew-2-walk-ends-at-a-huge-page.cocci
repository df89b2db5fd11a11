// SPDX-License-Identifier: GPL-2.0
// Subject: mm/pagewalk: end the walk at a huge page
//
// It is the last thing in the range, as it mostly is: pagemap walks from one pmd to the
// next anyway.
//
// Breaks: EW-2
// Kills: walker_look.mincore_tells_huge_neighbours_apart: assertion
// Kills: walker_look.smaps_tells_huge_neighbours_apart: assertion
// Kills: walker_look.smaps_rollup_tells_huge_neighbours_apart: assertion
// Kills: walker_look.clear_refs_tells_huge_neighbours_apart: assertion
// Kills: walker_look.hmm_snapshot_tells_huge_neighbours_apart: assertion
// Kills: walker_advice.madv_cold_tells_huge_neighbours_apart: assertion
// Kills: walker_advice.madv_free_tells_huge_neighbours_apart: assertion
// In: mm/pagewalk.c: walk_pmd_range

@@
@@
  err = ops->pmd_entry(pmd, addr, next, walk);
+ if (!err && pmd_trans_huge(*pmd))
+ 	break;
