// SPDX-License-Identifier: GPL-2.0
// Subject: device-dax: insert a page without a reference
//
// The patch of device-dax is left out where it is about small pages: a page that nobody uses
// cannot be mapped.
//
// Breaks: ZD-15
// Kills: dax_fault.fault_takes_one_reference: assertion
// In: drivers/dax/device.c: __dev_dax_pte_fault
// Matches: 2
// Kernels: from 6.15: the group is for kernels from there on
// Variants: dax
// Group: zone-device-at-zero

@@
@@
- if (!zone_device_folio_get(folio, dev_dax->pgmap))
- 	return VM_FAULT_SIGBUS;

@@
@@
- folio_put(folio);
