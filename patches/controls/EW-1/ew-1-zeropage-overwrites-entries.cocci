// SPDX-License-Identifier: GPL-2.0
// Subject: mm/userfaultfd: put the zero page where nothing is present
//
// An entry is taken for a hole, and what it stood for is lost.
//
// Breaks: EW-1
// Kills: walker_uffd.uffdio_zeropage_meets_each_entry: assertion
// In: mm/userfaultfd.c: mfill_atomic_pte_zeropage

@@
expression E;
identifier l;
@@
- if (!pte_none(E))
+ if (pte_present(E))
  	goto l;
