// SPDX-License-Identifier: GPL-2.0
// Subject: mm: mremap() leaves pages protected that nobody watches
//
// As before 0cef0bb836e3 ("mm: clear uffd-wp PTE/PMD state on mremap()",
// CVE-2025-21696): the new VMA is not registered, but its entries have the bit.
//
// Breaks: WP-1
// Kills: soft_bits_entry.moved_entry_is_soft_dirty_and_not_protected: assertion
// Kills: soft_bits_swap.moved_swap_entry_is_soft_dirty: assertion
// In: mm/mremap.c: move_ptes

@@
@@
- vma_has_uffd_without_event_remap(vma)
+ false
