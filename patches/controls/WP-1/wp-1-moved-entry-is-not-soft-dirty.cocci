// SPDX-License-Identifier: GPL-2.0
// Subject: mm: mremap() does not mark an entry soft-dirty
//
// What is moved is new at its place. Only pages that are present are marked.
//
// Breaks: WP-1
// Kills: soft_bits_entry.moved_entry_is_soft_dirty_and_not_protected: assertion
// Kills: soft_bits_swap.moved_swap_entry_is_soft_dirty: assertion
// In: mm/mremap.c: move_soft_dirty_pte

@@
@@
- pte = pte_swp_mksoft_dirty(pte);
+ pte = pte_swp_clear_exclusive(pte);
