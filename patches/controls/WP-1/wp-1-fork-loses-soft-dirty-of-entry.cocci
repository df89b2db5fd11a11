// SPDX-License-Identifier: GPL-2.0
// Subject: mm: fork() forgets the soft-dirty bit of an entry
//
// fork() makes a writable entry readable, in parent and child: the new one is made
// without the bit.
//
// Breaks: WP-1
// Kills: soft_bits_entry.fork_copies_soft_dirty_alone: assertion
// In: mm/memory.c: copy_nonpresent_pte

@@
@@
- if (pte_swp_soft_dirty(orig_pte))
- 	pte = pte_swp_mksoft_dirty(pte);
