// SPDX-License-Identifier: GPL-2.0
// Subject: mm: a dirty page is soft-dirty after its migration
//
// pte_mkdirty() sets the soft-dirty bit as well. A page that was written to before the
// last look, but not since, is reported as written to.
//
// Breaks: WP-1
// Kills: soft_bits_entry.migration_carries_bits: assertion
// In: mm/migrate.c: remove_migration_pte

@@
@@
  if (pte_swp_soft_dirty(old_pte))
  	pte = pte_mksoft_dirty(pte);
- else
- 	pte = pte_clear_soft_dirty(pte);
