// SPDX-License-Identifier: GPL-2.0
// Subject: device-dax: map a page that is written as one that is read
//
// The entry has the access that the mapping gives, and is clean. The one who writes faults once
// more.
//
// Breaks: ZD-14
// Kills: dax_fault.fault_takes_one_reference: assertion
// In: drivers/dax/device.c: __dev_dax_pte_fault, __dev_dax_pmd_fault
// Matches: 2
// Kernels: from 6.15: a mapping of device-dax has a reference since
// Variants: dax

@@
expression vmf;
@@
- vmf->flags & FAULT_FLAG_WRITE
+ false
