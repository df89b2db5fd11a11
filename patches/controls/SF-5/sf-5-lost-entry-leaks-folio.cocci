// SPDX-License-Identifier: GPL-2.0
// Subject: mm: leak the folio of a swap entry that has changed
//
// When the pte has changed while the fault waited for the folio, do_swap_page()
// unlocks the folio, but does not drop its reference. The labels at the end of the
// function look alike.
//
// Breaks: SF-5, SF-10
// Kills: swap_fault_change.lost_pte_is_noticed: assertion
// In: mm/memory.c: do_swap_page

@@
@@
  if (unlikely(!vmf->pte || !pte_same(ptep_get(vmf->pte), vmf->orig_pte)))
- 	goto out_nomap;
+ {
+ 	folio_unlock(folio);
+ 	goto unlock;
+ }
