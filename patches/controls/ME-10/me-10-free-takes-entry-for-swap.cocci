// SPDX-License-Identifier: GPL-2.0
// Subject: mm: MADV_FREE takes a migration entry for swap
//
// What is neither present nor in swap is cleared, whatever it is, so MADV_FREE clears a
// migration entry, and the page is lost. Whoever reads "not present" as "swapped out"
// writes this.
//
// Breaks: ME-10
// Kills: migration_entry_swap.madvise_leaves_entry_alone: assertion
// In: mm/madvise.c: madvise_free_pte_range

@@
@@
(
- is_hwpoison_entry(entry) || is_poisoned_swp_entry(entry)
+ true
|
- softleaf_is_hwpoison(entry) || softleaf_is_poison_marker(entry)
+ true
)
