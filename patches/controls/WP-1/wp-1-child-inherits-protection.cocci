// SPDX-License-Identifier: GPL-2.0
// Subject: mm: the entry of a child is protected like that of its parent
//
// userfaultfd does not watch the child, so nobody would ever take the protection away.
//
// Breaks: WP-1
// Kills: soft_bits_entry.fork_copies_soft_dirty_alone: assertion
// Kills: soft_bits_swap.fork_copies_soft_dirty_of_swap_entry: assertion
// In: mm/memory.c: copy_nonpresent_pte

@@
@@
(
- pte = pte_swp_clear_uffd_wp(pte);
+ pte = pte_swp_clear_exclusive(pte);
|
- pte = pte_swp_clear_uffd(pte);
+ pte = pte_swp_clear_exclusive(pte);
)
