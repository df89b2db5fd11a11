// SPDX-License-Identifier: GPL-2.0
// Subject: mm: unlock the folio before its pte is set
//
// do_swap_page() unlocks the folio ahead of set_ptes(), and who waits for the lock
// finds a folio that is neither swapped nor mapped. Whoever wants to wake the waiters
// early would move the line up.
//
// In later kernels CONFIG_DEBUG_VM notices first: it ends when the slot of a folio is
// freed that is not locked.
//
// Breaks: SF-1
// Kills: swap_fault_stage.swapin_holds_slot_and_area: assertion or report
// In: mm/memory.c: do_swap_page
// Matches: 2

@@
@@
  VM_BUG_ON(!folio_test_anon(folio) ||
  	(pte_write(pte) && !PageAnonExclusive(page)));
+ folio_unlock(folio);

@@
@@
- folio_unlock(folio);
(
  if (folio != swapcache && swapcache) { ... }
|
  if (unlikely(folio != swapcache)) { ... }
)
