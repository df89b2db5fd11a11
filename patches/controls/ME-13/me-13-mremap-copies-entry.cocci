// SPDX-License-Identifier: GPL-2.0
// Subject: mm: mremap() leaves an entry at the old address as well
//
// The old pte is only cleared if it was present, so the migration restores the page at
// two addresses, and both may write. Whoever skips an atomic operation that seems to
// be for hardware bits only writes this.
//
// Breaks: ME-13
// Kills: migration_entry_munmap.mremap_moves_entry: assertion
// In: mm/mremap.c: move_ptes

@@
@@
(
- pte = get_and_clear_ptes(mm, old_addr, old_ptep, nr_ptes);
+ pte = old_pte;
+ if (pte_present(old_pte))
+ 	pte = get_and_clear_ptes(mm, old_addr, old_ptep, nr_ptes);
|
- pte = ptep_get_and_clear(mm, old_addr, old_pte);
+ pte = ptep_get(old_pte);
+ if (pte_present(pte))
+ 	pte = ptep_get_and_clear(mm, old_addr, old_pte);
)
