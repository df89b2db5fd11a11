// SPDX-License-Identifier: GPL-2.0
// Subject: mm: the entry of a huge page of a file is read as a pmd that maps it
//
// When a part of a huge tmpfs page is unmapped, its pmd goes. If there is a
// migration entry in it, a page is looked up that is none, and a mapping and
// a reference are dropped that an entry does not have.
//
// Breaks: ME-9
// Kills: huge_page_entry.unmapped_tmpfs_huge_page_is_not_restored: report or assertion
// In: mm/huge_memory.c: __split_huge_pmd_locked

@@
statement S1, S2;
@@
- if (unlikely(is_pmd_migration_entry(old_pmd)))
+ if (pmd_none(old_pmd))
  S1 else S2

@@
statement S1, S2;
@@
- if (unlikely(pmd_is_migration_entry(old_pmd)))
+ if (pmd_none(old_pmd))
  S1 else S2
