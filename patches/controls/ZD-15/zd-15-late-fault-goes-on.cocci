// SPDX-License-Identifier: GPL-2.0
// Subject: device-dax: map a page that could not be had
//
// The fault handlers do not look whether they have got a reference. It may be missing only while the
// pgmap goes, and then they drop one that nobody has taken.
//
// Breaks: ZD-15
// Kills: dax_life.late_fault_gets_no_page_of_a_pgmap_that_goes: assertion or report
// In: drivers/dax/device.c: __dev_dax_pte_fault, __dev_dax_pmd_fault
// Matches: 2
// Kernels: from 6.15: the group is for kernels from there on
// Variants: dax
// Group: zone-device-at-zero

@@
@@
- if (!zone_device_folio_get(folio, dev_dax->pgmap))
- 	return VM_FAULT_SIGBUS;
+ zone_device_folio_get(folio, dev_dax->pgmap);
