// SPDX-License-Identifier: GPL-2.0
// Subject: mm: mremap() leaves huge pages protected that nobody watches
//
// The same for a pmd.
//
// Breaks: WP-1
// Kills: soft_bits_huge.moved_huge_page_is_soft_dirty_and_not_protected: assertion
// Kills: soft_bits_huge.moved_huge_entry_is_soft_dirty_and_not_protected: assertion
// In: mm/huge_memory.c: move_huge_pmd

@@
@@
- vma_has_uffd_without_event_remap(vma)
+ false
