// SPDX-License-Identifier: GPL-2.0
// Subject: mm/userfaultfd: fill what is not present
//
// An entry is taken for a hole, and what it stood for is lost.
//
// Breaks: EW-1
// Kills: walker_uffd.uffdio_copy_meets_each_entry: assertion
// In: mm/userfaultfd.c: mfill_atomic_install_pte

@@
expression E;
identifier l;
@@
(
- if (!pte_none_mostly(E))
+ if (pte_present(E))
  	goto l;
|
- if (!pte_none(E) && !pte_is_uffd_marker(E))
+ if (pte_present(E))
  	goto l;
)
