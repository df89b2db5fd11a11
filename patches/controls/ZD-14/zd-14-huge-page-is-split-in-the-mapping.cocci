// SPDX-License-Identifier: GPL-2.0
// Subject: device-dax: let a VMA be split within a page
//
// munmap() of a part of a huge page takes all of it away. Somebody who thinks that a pmd of a
// file can be split as any other would do this.
//
// Breaks: ZD-14
// Kills: dax_fault.munmap_of_a_part_drops_its_references: assertion
// In: drivers/dax/device.c: dev_dax_may_split
// Kernels: from 6.15: a mapping of device-dax has a reference since
// Variants: dax

@@
@@
- return -EINVAL;
+ return 0;
