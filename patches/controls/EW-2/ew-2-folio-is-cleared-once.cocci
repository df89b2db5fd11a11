// SPDX-License-Identifier: GPL-2.0
// Subject: fs/proc: clear a folio that is referenced
//
// What is not referenced needs no work. But the first page of a large folio ends that
// for all of it, and the ptes of the others stay young.
//
// Breaks: EW-2
// Kills: walker_look.clear_refs_tells_pages_apart: assertion
// In: fs/proc/task_mmu.c: clear_refs_pte_range

@@
@@
+ if (!folio_test_referenced(folio))
+ 	continue;
  ptep_test_and_clear_young(vma, addr, pte);
