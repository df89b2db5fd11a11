// SPDX-License-Identifier: GPL-2.0
// Subject: mm/huge_memory: count a huge page in the child when it comes
//
// The entry of the child does not count in its RSS; what the end of the migration
// maps is taken off again when it is unmapped.
//
// Breaks: EW-1
// Kills: walker_protect.fork_meets_each_entry: assertion
// In: mm/huge_memory.c: copy_huge_pmd, copy_huge_non_present_pmd

@@
@@
- add_mm_counter(dst_mm, MM_ANONPAGES, HPAGE_PMD_NR);
  mm_inc_nr_ptes(dst_mm);
  pgtable_trans_huge_deposit(dst_mm, dst_pmd, pgtable);
  ...
  set_pmd_at(dst_mm, addr, dst_pmd, pmd);
