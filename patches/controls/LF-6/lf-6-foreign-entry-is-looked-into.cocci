// SPDX-License-Identifier: GPL-2.0
// Subject: mm: the entry of another huge page is read as a pmd
//
// A split that is meant for one folio meets an entry for another one in a
// child, and looks up the page frame in it that a mapped page would have.
//
// Breaks: LF-6
// Kills: large_folio_pmd.foreign_pmd_is_left_alone: assertion
// Kernels: before 6.15: the walk looks at the pmd since then
// In: mm/huge_memory.c: split_huge_pmd_locked

@@
@@
- folio && (pmd_migration || folio != pmd_folio(*pmd))
+ folio && !pmd_migration && folio != pmd_folio(*pmd)
