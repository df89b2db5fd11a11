// SPDX-License-Identifier: GPL-2.0
// Subject: mm: a huge page that somebody has locked is unlocked by setup
//
// folio_trylock() is taken for folio_lock().
//
// Breaks: LF-8
// Kills: large_folio_collect.huge_page_that_is_kept_is_not_offered: assertion
// Kernels: from 6.19: no huge pages on a device before
// In: mm/migrate_device.c: migrate_vma_collect_huge_pmd

@@
@@
  if (folio != fault_folio && unlikely(!folio_trylock(folio))) {
+ 	folio_unlock(folio);
  	...
  }
