// SPDX-License-Identifier: GPL-2.0
// Subject: device-dax: map a device that has another driver by now
//
// An old mapping of device-dax maps pages of the driver for file systems. So it is in 7.2 and
// 7.3.
//
// Breaks: ZD-14, ZD-8
// Kills: dax_life.fsdev_cannot_be_mapped: report
// In: drivers/dax/device.c: __check_vma
// Kernels: from 7.1: it came with drivers/dax/fsdev.c
// Variants: dax

@@
@@
- if (!dev_dax->pgmap || dev_dax->pgmap->type != MEMORY_DEVICE_GENERIC)
- 	return -ENXIO;
