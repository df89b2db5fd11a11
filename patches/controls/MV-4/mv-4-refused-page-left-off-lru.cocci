// SPDX-License-Identifier: GPL-2.0
// Subject: mm: do not put a refused page back on the LRU
//
// A page that turns out to be pinned is mapped and unlocked again, but never sees
// reclaim any more. Made by someone who expects the restore loop to take care of the
// LRU too.
//
// Breaks: MV-4
// Kills: migrate_vma_lock.refused_page_is_put_back: assertion
// In: mm/migrate_device.c: migrate_device_unmap

@@
@@
- if (!folio_is_zone_device(folio)) {
- 	folio_get(folio);
- 	folio_putback_lru(folio);
- }
