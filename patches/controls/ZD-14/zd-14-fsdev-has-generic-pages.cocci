// SPDX-License-Identifier: GPL-2.0
// Subject: fsdev: take over the type of memory of device-dax
//
// The probe function began as that of device-dax, whose pages a file system cannot use.
//
// Breaks: ZD-14, ZD-8
// Kills: dax_life.fsdev_has_idle_small_pages: assertion
// In: drivers/dax/fsdev.c: fsdev_dax_probe
// Kernels: from 7.1: it came with drivers/dax/fsdev.c
// Variants: dax

@@
@@
- MEMORY_DEVICE_FS_DAX
+ MEMORY_DEVICE_GENERIC
