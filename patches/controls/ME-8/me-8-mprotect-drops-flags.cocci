// SPDX-License-Identifier: GPL-2.0
// Subject: mm: mprotect() drops young and dirty from an entry
//
// The new entry is made from the pfn alone instead of the whole offset, which also
// holds young and dirty. Whoever does not know that the offset holds flags as well
// writes this.
//
// Breaks: ME-8
// Kills: migration_entry_mprotect.mprotect_downgrades_entry: assertion
// In: mm/mprotect.c: change_softleaf_pte | change_pte_range
// Matches: 2

@@
identifier make = { make_readable_exclusive_migration_entry, make_readable_migration_entry };
@@
  entry = make(
- swp_offset(entry)
+ swp_offset(entry) & SWP_PFN_MASK
  );
