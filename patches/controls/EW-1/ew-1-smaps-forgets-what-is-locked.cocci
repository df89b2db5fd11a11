// SPDX-License-Identifier: GPL-2.0
// Subject: fs/proc: look for the wrong flag of a locked mapping
//
// VM_LOCKONFAULT is set beside VM_LOCKED by mlock2(), and not by mlock().
//
// Breaks: EW-1
// Kills: swap_error_smaps.smaps_counts_what_is_locked_and_what_may_go: assertion
// In: fs/proc/task_mmu.c: smaps_pte_entry

@@
@@
- VM_LOCKED
+ VM_LOCKONFAULT
