// SPDX-License-Identifier: GPL-2.0
// Subject: mm: MADV_FREE takes a migration entry for swap
//
// The test that keeps entries without a swap slot away is missing, so MADV_FREE clears
// a migration entry, and the page is lost. Whoever reads "not present" as "swapped
// out" writes this.
//
// Breaks: ME-10
// Kills: migration_entry_swap.madvise_leaves_entry_alone: assertion
// In: mm/madvise.c: madvise_free_pte_range

@@
@@
- !non_swap_entry(entry)
+ !is_hwpoison_entry(entry)

@@
@@
- softleaf_is_hwpoison(entry) || softleaf_is_poison_marker(entry)
+ true
