// SPDX-License-Identifier: GPL-2.0
// Subject: mm: UFFDIO_MOVE gives up on a huge page that is locked
//
// A trylock in the place of the lock. The references are given back, and yet the move
// fails for no reason that the man page has.
//
// Breaks: UM-2
// Kills: uffd_move_lock.locked_huge_page_is_waited_for: assertion
// In: mm/huge_memory.c: move_pages_huge_pmd

@@
@@
  spin_unlock(src_ptl);
  flush_cache_range(...);
+ if (src_folio && folio_test_locked(src_folio)) { folio_put(src_folio); return -EBUSY; }
