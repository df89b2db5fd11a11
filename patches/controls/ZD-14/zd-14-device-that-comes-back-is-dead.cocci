// SPDX-License-Identifier: GPL-2.0
// Subject: device-dax: leave a device dead that comes back
//
// A new device is alive, and only one that had a driver before has to be told so. To open it, or
// to map it, meets no struct dev_dax then.
//
// Breaks: ZD-14
// Kills: dax_life.open_device_comes_back: report
// Kills: dax_life.device_goes_and_comes_back: report
// In: drivers/dax/device.c: dev_dax_probe
// Kernels: from 6.15: a mapping of device-dax has a reference since
// Variants: dax

@@
@@
- run_dax(dax_dev);
