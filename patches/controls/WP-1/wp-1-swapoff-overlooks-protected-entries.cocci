// SPDX-License-Identifier: GPL-2.0
// Subject: mm: swapoff does not find the entry of a protected page
//
// As before 099dd6878b9b ("mm/swap: fix pte_same_as_swp() not removing uffd-wp bit when
// compare"): the comparison ignores the soft-dirty and the exclusive bit, and not the
// third one. The area is never empty.
//
// Breaks: WP-1
// Kills: soft_bits_swap.bits_survive_swapoff: hang
// In: mm/swapfile.c: pte_same_as_swp

@@
@@
- pte_swp_clear_flags(pte)
+ pte_swp_clear_exclusive(pte_swp_clear_soft_dirty(pte))
