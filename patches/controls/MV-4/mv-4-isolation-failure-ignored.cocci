// SPDX-License-Identifier: GPL-2.0
// Subject: mm: go on with a page that could not be isolated
//
// A page that somebody else has taken off the LRU is migrated all the same. Made by
// someone who finds that device pages do without the LRU as well.
//
// Breaks: MV-4
// Kills: migrate_vma_rival.page_in_remote_lru_batch_migrates: assertion
// In: mm/migrate_device.c: migrate_device_unmap

@@
statement S;
@@
- if (!folio_isolate_lru(folio)) S
- folio_put(folio);
+ if (folio_isolate_lru(folio))
+ 	folio_put(folio);
