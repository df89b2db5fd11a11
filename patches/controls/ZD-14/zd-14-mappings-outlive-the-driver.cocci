// SPDX-License-Identifier: GPL-2.0
// Subject: dax: leave the mappings when the driver goes
//
// The pages of a device stay mapped while their memory map goes, or keep it for ever. Somebody
// who thinks that a file that is deleted has no mappings would do this.
//
// Breaks: ZD-14
// Kills: dax_life.device_goes_and_comes_back: hang
// In: drivers/dax/bus.c: kill_dev_dax
// Kernels: from 6.15: a mapping of device-dax has a reference since
// Variants: dax

@@
@@
- unmap_mapping_range(inode->i_mapping, 0, 0, 1);
