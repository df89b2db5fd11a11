// SPDX-License-Identifier: GPL-2.0
// Subject: device-dax: let each node have a mapping of its own
//
// Mappings of the device are entered where nobody looks when the driver goes. Somebody who takes
// the way in which dax_open() has it for needless would do this.
//
// Breaks: ZD-14
// Kills: dax_node.device_has_several_nodes: hang
// In: drivers/dax/device.c: dax_open
// Kernels: from 6.15: a mapping of device-dax has a reference since
// Variants: dax

@@
@@
- filp->f_mapping = __dax_inode->i_mapping;
  ...
- filp->f_mapping->host = __dax_inode;
