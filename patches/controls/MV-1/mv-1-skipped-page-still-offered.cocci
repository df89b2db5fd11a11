// SPDX-License-Identifier: GPL-2.0
// Subject: mm: offer a page that could not be locked
//
// The source of a page whose lock was contended keeps MIGRATE, so that the driver
// copies a page that is mapped and locked by somebody else. Made by someone who takes
// the source for a mere hint, as it was while prepare still locked pages.
//
// Breaks: MV-1
// Kills: migrate_vma_lock.locked_page_is_skipped: assertion
// Kills: migrate_vma_lock.locked_range_has_no_cpages: assertion
// In: mm/migrate_device.c: migrate_vma_collect_pmd

@@
statement S;
@@
  if (folio_trylock(folio)) S
 else {
  ...
- mpfn = 0;
+ mpfn = MIGRATE_PFN_MIGRATE;
+ migrate->cpages++;
  ...
  }

@@
statement S;
@@
  if (fault_folio == folio || folio_trylock(folio)) S
 else {
  ...
- mpfn = 0;
+ mpfn = MIGRATE_PFN_MIGRATE;
+ migrate->cpages++;
  ...
  }
