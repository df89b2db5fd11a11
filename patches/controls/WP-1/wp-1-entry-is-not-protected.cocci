// SPDX-License-Identifier: GPL-2.0
// Subject: mm: UFFDIO_WRITEPROTECT skips what is not present
//
// Only ptes that are present get the bit. A page that is in swap, or under migration,
// comes back without it.
//
// Breaks: WP-1, WP-2
// Kills: soft_bits_entry.entry_is_protected_and_unprotected: assertion
// Kills: soft_bits_swap.protecting_a_swap_entry_marks_it: assertion
// Kills: soft_bits_report.write_during_migration_is_reported_after_it: assertion
// In: mm/mprotect.c: change_softleaf_pte | change_pte_range

@@
expression E1, E2;
@@
(
  if (E1)
- 	newpte = pte_swp_mkuffd_wp(newpte);
+ 	newpte = pte_swp_clear_uffd_wp(newpte);
  else if (E2)
  	newpte = pte_swp_clear_uffd_wp(newpte);
|
  if (E1)
- 	newpte = pte_swp_mkuffd(newpte);
+ 	newpte = pte_swp_clear_uffd(newpte);
  else if (E2)
  	newpte = pte_swp_clear_uffd(newpte);
)
