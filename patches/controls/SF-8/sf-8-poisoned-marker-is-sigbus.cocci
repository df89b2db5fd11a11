// SPDX-License-Identifier: GPL-2.0
// Subject: mm: answer a poisoned marker with VM_FAULT_SIGBUS
//
// The check for PTE_MARKER_POISONED is lost, so that a poisoned page looks like an
// unknown marker and the task gets no machine check. Whoever adds a marker and
// reorders the checks may lose the first one.
//
// Breaks: SF-8
// Kills: swap_fault_entry.bad_entry_gives_documented_result: assertion
// In: mm/memory.c: handle_pte_marker

@@
@@
- marker & PTE_MARKER_POISONED
+ marker == (PTE_MARKER_POISONED | PTE_MARKER_UFFD_WP)
