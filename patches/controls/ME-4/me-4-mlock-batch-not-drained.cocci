// SPDX-License-Identifier: GPL-2.0
// Subject: mm: a migrated mlocked folio keeps a reference in a batch
//
// After the pte is restored the mlock batch of this CPU is not drained, and its
// reference makes the next migration of the folio fail. Whoever sees the same call a
// few lines further up thinks it is there twice.
//
// Breaks: ME-4
// Kills: migration_entry_unmap.restore_maps_new_folio: assertion
// In: mm/migrate.c: remove_migration_pte

@@
@@
(
- if (READ_ONCE(vma->vm_flags) & VM_LOCKED)
- 	mlock_drain_local();
|
- if (vma->vm_flags & VM_LOCKED)
- 	mlock_drain_local();
)
