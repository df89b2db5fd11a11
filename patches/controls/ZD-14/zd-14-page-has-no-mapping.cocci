// SPDX-License-Identifier: GPL-2.0
// Subject: device-dax: do not say which file a page belongs to
//
// A page that is mapped for the first time gets neither file nor offset, and memory-failure
// does not find who has mapped it. Somebody who takes a reference ahead of the insertion, and
// returns early where the page has one already, would do this.
//
// Breaks: ZD-14
// Kills: dax_fault.fault_takes_one_reference: assertion
// In: drivers/dax/device.c: dax_set_mapping
// Kernels: from 6.15: a mapping of device-dax has a reference since
// Variants: dax

@@
@@
- folio->mapping = filp->f_mapping;
