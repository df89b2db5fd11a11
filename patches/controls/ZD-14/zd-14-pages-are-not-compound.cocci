// SPDX-License-Identifier: GPL-2.0
// Subject: device-dax: leave pages as small as they are made
//
// A device with huge pages has a memory map of small ones. The shift of the pgmap is set in one
// place, and nothing complains before the first fault.
//
// Breaks: ZD-14, ZD-9
// Kills: dax_fault.pages_of_a_device_begin_idle: assertion
// In: drivers/dax/device.c: dev_dax_probe
// Kernels: from 6.15: a mapping of device-dax has a reference since
// Variants: dax

@@
statement S;
@@
- if (dev_dax->align > PAGE_SIZE) S
