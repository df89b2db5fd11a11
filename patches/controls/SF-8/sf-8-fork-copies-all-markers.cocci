// SPDX-License-Identifier: GPL-2.0
// Subject: mm: copy every pte marker at fork()
//
// fork() copies the marker as it is, also that of a userfaultfd which does not watch
// the child. Whoever takes copy_pte_marker() for a plain getter would inline it like
// this.
//
// Breaks: SF-8
// Kills: swap_fault_entry.fork_copies_poison_only: assertion
// In: mm/memory.c: copy_nonpresent_pte

@@
@@
- pte_marker marker = copy_pte_marker(entry, dst_vma);
+ pte_marker marker = swp_offset(entry) & PTE_MARKER_MASK;
