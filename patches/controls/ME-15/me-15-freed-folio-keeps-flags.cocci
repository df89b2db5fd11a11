// SPDX-License-Identifier: GPL-2.0
// Subject: mm: a folio that was freed meanwhile keeps the flags of the LRU
//
// A folio of which only the reference of the isolation is left is freed active or
// unevictable as it was, which no free page may be. Whoever expects the flags to go
// with the LRU, as they do for a folio that is still on it, writes this.
//
// Breaks: ME-15
// Kills: migrate_pages_wait.freed_folio_counts_as_moved: assertion
// In: mm/migrate.c: migrate_folio_unmap
// Kernels: before 6.18: the flags are no longer cleared here, but where the folio is freed

@@
@@
- folio_clear_active(src);
- folio_clear_unevictable(src);
