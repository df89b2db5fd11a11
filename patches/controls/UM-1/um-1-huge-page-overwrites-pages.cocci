// SPDX-License-Identifier: GPL-2.0
// Subject: mm: a huge page is moved in one piece to where pages are
//
// Only the source and the length are looked at when it is decided whether the
// pmd has to be split.
//
// Breaks: UM-1
// Kills: uffd_move_huge.part_of_large_folio_moves uffd_move_huge.large_folio_in_use_stays: assertion
// In: mm/userfaultfd.c: move_pages

@@
expression E;
@@
- E || !pmd_none(dst_pmdval)
+ E
