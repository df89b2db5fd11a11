// SPDX-License-Identifier: GPL-2.0
// Subject: mm: keep a reference on a page that could not be locked
//
// The reference that was taken before folio_trylock() is not dropped when the lock is
// contended. Easily lost when the else branch is rearranged.
//
// Breaks: MV-1
// Kills: migrate_vma_lock.locked_page_is_skipped: assertion
// In: mm/migrate_device.c: migrate_vma_collect_pmd

@@
statement S;
@@
  if (folio_trylock(folio)) S
 else {
  ...
- folio_put(folio);
  ...
  }

@@
statement S;
@@
  if (fault_folio == folio || folio_trylock(folio)) S
 else {
  ...
- folio_put(folio);
  ...
  }
