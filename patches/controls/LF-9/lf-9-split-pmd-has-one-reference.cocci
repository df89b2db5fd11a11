// SPDX-License-Identifier: GPL-2.0
// Subject: mm: a pmd that is split has one reference for all pages
//
// Each pte is one mapping, and drops one reference when it goes.
//
// Breaks: LF-9
// Kills: large_folio_look.pmd_of_a_huge_device_page_is_split: hang
// Kernels: from 6.19: no huge pages on a device before
// In: mm/huge_memory.c: __split_huge_pmd_locked
// Matches: 2

@@
@@
- folio_ref_add(folio, HPAGE_PMD_NR - 1);
+ ;
