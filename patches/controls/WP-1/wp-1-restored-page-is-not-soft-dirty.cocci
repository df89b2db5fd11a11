// SPDX-License-Identifier: GPL-2.0
// Subject: mm: no migrated page is soft-dirty
//
// The pte of the new page is made clean in any case, as if nothing had been written
// since the last look: checkpoint/restore would lose data.
//
// Breaks: WP-1
// Kills: soft_bits_entry.migration_carries_bits: assertion
// Kills: soft_bits_entry.failed_migration_puts_bits_back: assertion
// In: mm/migrate.c: remove_migration_pte

@@
@@
- pte = pte_mksoft_dirty(pte);
+ pte = pte_clear_soft_dirty(pte);
