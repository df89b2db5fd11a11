// SPDX-License-Identifier: GPL-2.0
// Subject: device-dax: open a device that has no driver
//
// Somebody keeps the node open, and so it can be opened once more. The file has no struct dev_dax,
// and to map it is a NULL pointer dereference. So it is in 6.12 to 7.3.
//
// Breaks: ZD-14
// Kills: dax_node.device_without_a_driver_cannot_be_opened: assertion
// In: drivers/dax/device.c: dax_open
// Kernels: from 6.15: a mapping of device-dax has a reference since
// Variants: dax

@@
identifier dev_dax;
@@
- if (!dev_dax)
- 	return -ENXIO;
