// SPDX-License-Identifier: GPL-2.0
// Subject: mm: setup takes pages of a large folio one by one
//
// The look at the order of the folio is gone, as if large folios could be
// collected page by page: the first page of the folio to be locked stands for
// all others.
//
// Breaks: LF-5
// Kills: large_folio_setup.driver_gets_what_can_be_split: assertion
// Kernels: before 6.19: since then it is split
// In: mm/migrate_device.c: migrate_vma_collect_pmd

@@
expression P;
@@
- PageTransCompound(P)
+ false
