// SPDX-License-Identifier: GPL-2.0
// Subject: mm: leave the rest of a page table alone if a page is locked
//
// The first page whose lock somebody holds ends the collection of its page table: one
// contended lock costs up to 512 pages. Somebody who sees a sign of trouble in a lock
// that is taken would want to keep out of it.
//
// Breaks: MV-1, MV-19
// Kills: migrate_vma_lock.only_locked_pages_are_skipped: assertion
// In: mm/migrate_device.c: migrate_vma_collect_pmd

@@
statement S;
@@
  if (folio_trylock(folio)) S
 else {
  ...
- mpfn = 0;
+ migrate_vma_collect_skip(addr, end, walk);
+ break;
  ...
  }

@@
statement S;
@@
  if (fault_folio == folio || folio_trylock(folio)) S
 else {
  ...
- mpfn = 0;
+ migrate_vma_collect_skip(addr, end, walk);
+ break;
  ...
  }
