// SPDX-License-Identifier: GPL-2.0
// Subject: mm: a slot with many users is freed too early
//
// The count of users has gone beyond what fits beside the slot, and what is
// kept elsewhere gets lost.
//
// Breaks: SF-11
// Kills: swap_fault_slot.slot_is_free_when_the_last_user_has_gone: assertion or report
// In: mm/swapfile.c: __swap_entry_free_locked | __swap_cluster_dup_entry | swap_entry_put_locked | swap_put_entry_locked

@@
@@
(
- count = SWAP_MAP_MAX;
+ count = 0;
|
- ++ci->extend_table[ci_off];
)
