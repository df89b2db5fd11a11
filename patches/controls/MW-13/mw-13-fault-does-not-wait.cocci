// SPDX-License-Identifier: GPL-2.0
// Subject: mm: let who faults on a huge page under migration try again
//
// __handle_mm_fault() returns at once, and the task faults again, until the page is
// there. It does come to an end, but burns a CPU meanwhile.
//
// Breaks: MW-13
// Kills: migration_wait_huge.huge_page_fault_is_queued: assertion
// In: mm/memory.c: __handle_mm_fault

@@
@@
(
- if (pmd_is_migration_entry(vmf.orig_pmd))
- 	pmd_migration_entry_wait(mm, vmf.pmd);
|
- if (is_pmd_migration_entry(vmf.orig_pmd))
- 	pmd_migration_entry_wait(mm, vmf.pmd);
)
