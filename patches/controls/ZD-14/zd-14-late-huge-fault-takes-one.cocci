// SPDX-License-Identifier: GPL-2.0
// Subject: mm/huge_memory: take a reference ahead of the look at the pmd
//
// A fault that finds the huge page mapped keeps the reference that it has taken for a mapping.
//
// Breaks: ZD-14
// Kills: dax_fault.second_fault_takes_none: assertion
// In: mm/huge_memory.c: insert_pmd
// Kernels: from 6.15: a mapping of device-dax has a reference since
// Variants: dax

@@
@@
  ptl = pmd_lock(mm, pmd);
+ if (!pmd_none(*pmd) && fop.is_folio)
+ 	folio_get(fop.folio);
