// SPDX-License-Identifier: GPL-2.0
// Subject: mm: an active folio is inactive after its migration
//
// The active flag is cleared on the old folio and not set on the new one, so a
// migration puts the working set at the head of what is reclaimed. Whoever removes a
// flag that the LRU seems to manage itself does this.
//
// Breaks: ME-5, MV-3
// Kills: migrate_pages_move.folio_flags_are_copied: assertion
// Kills: migrate_vma_device.page_flags_are_copied: assertion
// In: mm/migrate.c: folio_migrate_flags

@@
@@
- folio_set_active(newfolio);
