// SPDX-License-Identifier: GPL-2.0
// Subject: device-dax: forget the reference for the insertion
//
// The fault handler drops its reference only where it could not map the page.
//
// Breaks: ZD-15
// Kills: dax_fault.fault_takes_one_reference: assertion
// In: drivers/dax/device.c: __dev_dax_pte_fault
// Kernels: from 6.15: the group is for kernels from there on
// Variants: dax
// Group: zone-device-at-zero

@@
@@
+ if (ret != VM_FAULT_NOPAGE)
  folio_put(folio);
