// SPDX-License-Identifier: GPL-2.0
// Subject: mm: do not drain the LRU batches ahead of a migration
//
// Pages that wait in the batch of a CPU for their way to the LRU cannot be isolated,
// and do not migrate: neither those of this CPU nor those of others.
// lru_add_drain_all() makes all CPUs work; whoever wants to save that would do this.
//
// Breaks: MV-4
// Kills: migrate_vma_rival.page_in_remote_lru_batch_migrates: assertion
// In: mm/migrate_device.c: migrate_device_unmap
// Matches: 3

@@
@@
- bool allow_drain = true;

@@
@@
- lru_add_drain();

@@
@@
- if (!folio_test_lru(folio) && allow_drain) {
- 	lru_add_drain_all();
- 	allow_drain = false;
- }
