// SPDX-License-Identifier: GPL-2.0
// Subject: mm/huge_memory: map a huge page without a reference
//
// The mapping of a huge page by a driver has no reference, and munmap() drops one all the same.
//
// Breaks: ZD-14
// Kills: dax_fault.fault_takes_one_reference: assertion or report
// In: mm/huge_memory.c: insert_pmd
// Kernels: from 6.15: a mapping of device-dax has a reference since
// Variants: dax

@@
@@
- folio_get(fop.folio);
