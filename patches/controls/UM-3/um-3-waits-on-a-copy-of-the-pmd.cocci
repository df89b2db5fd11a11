// SPDX-License-Identifier: GPL-2.0
// Subject: mm: UFFDIO_MOVE waits for what its copy of the pmd says
//
// The pmd that is looked at again under the lock is the copy on the stack,
// which never changes: the folio that it refers to may be unlocked, or free.
//
// Breaks: UM-3
// Kills: uffd_move_sleep.ended_migration_is_not_waited_for: assertion
// In: mm/huge_memory.c: move_pages_huge_pmd

@@
@@
- pmd_migration_entry_wait(mm, src_pmd);
+ pmd_migration_entry_wait(mm, &src_pmdval);
