// SPDX-License-Identifier: GPL-2.0
// Subject: mm: a writable entry comes back as a read-only pte
//
// remove_migration_pte() leaves out pte_mkwrite() for anonymous memory, so each
// migration costs a write fault. Whoever trusts vm_page_prot to carry the write bit
// writes this.
//
// Breaks: ME-4
// Kills: migration_entry_unmap.restore_maps_new_folio: assertion
// In: mm/migrate.c: remove_migration_pte

@@
@@
(
- softleaf_is_migration_write(entry)
+ false
|
- is_writable_migration_entry(entry)
+ false
)
