// SPDX-License-Identifier: GPL-2.0
// Subject: mm: mprotect() of an entry forgets the soft-dirty bit
//
// A writable entry is replaced by a readable one, which is made anew.
//
// Breaks: WP-1
// Kills: soft_bits_entry.mprotect_keeps_bits_of_entry: assertion
// In: mm/mprotect.c: change_softleaf_pte | change_pte_range

@@
@@
  if (folio_test_anon(folio))
  	entry = make_readable_exclusive_migration_entry(swp_offset(entry));
  else
  	entry = make_readable_migration_entry(swp_offset(entry));
  newpte = swp_entry_to_pte(entry);
- if (pte_swp_soft_dirty(oldpte))
- 	newpte = pte_swp_mksoft_dirty(newpte);
