// SPDX-License-Identifier: GPL-2.0
// Subject: mm: the first type above the swap areas counts as swap
//
// The type MAX_SWAPFILES, which is that of readable migration entries, counts as swap,
// so fork() and munmap() treat them as swap. An off-by-one in a comparison.
//
// Breaks: ME-10, ME-1, ME-2, ME-6
// Kills: migration_entry_swap.every_swap_type_has_one_kind: assertion
// Kills: migration_entry_encoding.entry_has_no_swap_device: assertion
// Kills: migration_entry_rmap.late_fork_entry_is_removed: assertion
// Kills: migration_entry_swap.fork_shares_slot_beside_entry: assertion
// Kills: migration_entry_swap.swapoff_leaves_entry_alone: assertion
// In: include/linux/leafops.h: softleaf_type
// In: include/linux/swapops.h: non_swap_entry

@@
@@
(
- swp_type(entry) >= MAX_SWAPFILES
+ swp_type(entry) > MAX_SWAPFILES
|
- type_num < MAX_SWAPFILES
+ type_num <= MAX_SWAPFILES
)
