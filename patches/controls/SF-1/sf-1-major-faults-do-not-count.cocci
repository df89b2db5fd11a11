// SPDX-License-Identifier: GPL-2.0
// Subject: mm: do not count major faults in PGFAULT
//
// Faults that had to read from the area count as PGMAJFAULT, but no longer as PGFAULT
// and in maj_flt. Whoever takes the two for exclusive would return early.
//
// Breaks: SF-1, SF-9
// Kills: swap_fault_served.swap_entry_is_served_under_vma_lock: assertion
// Kills: swap_fault_served.swap_entry_is_served_under_mmap_lock: assertion
// In: mm/memory.c: mm_account_fault

@@
@@
- ret & VM_FAULT_RETRY
+ ret & (VM_FAULT_RETRY | VM_FAULT_MAJOR)
