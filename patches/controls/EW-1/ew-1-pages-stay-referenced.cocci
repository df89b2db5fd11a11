// SPDX-License-Identifier: GPL-2.0
// Subject: fs/proc: clear the referenced flag of the page only
//
// The young bit of the pte is left.
//
// Breaks: EW-1
// Kills: walker_look.clear_refs_meets_each_entry: assertion
// In: fs/proc/task_mmu.c: clear_refs_pte_range

@@
@@
- ptep_test_and_clear_young(vma, addr, pte);
