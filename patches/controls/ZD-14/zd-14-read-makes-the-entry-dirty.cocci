// SPDX-License-Identifier: GPL-2.0
// Subject: device-dax: map a page that is read as one that is written
//
// Each fault makes its entry dirty and writable, as if somebody had written to the page. Somebody who
// thinks of device memory as of memory that is always written would do this.
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
+ true
