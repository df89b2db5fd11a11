// SPDX-License-Identifier: GPL-2.0
// Subject: mm: try_to_migrate() does not spare the stack of exec()
//
// The filter for VMAs that are just being moved is not set, so an entry is made where
// the walk that has to remove it may not find it. Whoever sees no such filter in
// try_to_unmap(), from which this function was copied, drops it.
//
// Breaks: ME-3
// Kills: migration_entry_unmap.exec_stack_is_left_alone: assertion
// In: mm/rmap.c: try_to_migrate

@@
@@
- if (!folio_test_ksm(folio) && folio_test_anon(folio))
- 	rwc.invalid_vma = invalid_migration_vma;
