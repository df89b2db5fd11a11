// SPDX-License-Identifier: GPL-2.0
// Subject: device-dax: let the device node have the mapping of the device
//
// The node stays when the device goes, and has a mapping that has been freed. So it is in 6.12 to
// 7.3.
//
// Breaks: ZD-14
// Kills: dax_node.node_outlives_its_device: assertion
// In: drivers/dax/device.c: dax_open
// Kernels: from 6.15: a mapping of device-dax has a reference since
// Variants: dax

@@
@@
  filp->f_mapping->a_ops = &dev_dax_aops;
+ inode->i_mapping = filp->f_mapping;
