// SPDX-License-Identifier: GPL-2.0
// Subject: mm/mlock: unlock small folios
//
// Large folios were not locked by the walk once, and so need not be unlocked, it
// seems. Their pages count as locked for as long as they live.
//
// Breaks: EW-2
// Kills: walker_advice.munlock_tells_pages_apart: assertion
// In: mm/mlock.c: mlock_pte_range

@@
@@
  if (!allow_mlock_munlock(folio, vma, start, end, step))
  	goto next_entry;
+ if (folio_test_large(folio) && !(vma->vm_flags & VM_LOCKED))
+ 	goto next_entry;
