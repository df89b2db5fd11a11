// SPDX-License-Identifier: GPL-2.0
// Subject: device-dax: leave a device dead that comes back
//
// A device is dead as long as it has no driver, and its driver has to say so when that is over.
// Nobody can open it, and who has it open gets no page of it.
//
// Breaks: ZD-14
// Kills: dax_life.open_device_comes_back: assertion
// Kills: dax_life.device_goes_and_comes_back: assertion
// In: drivers/dax/device.c: dev_dax_probe
// Kernels: from 6.15: a mapping of device-dax has a reference since
// Variants: dax

@@
@@
- run_dax(dax_dev);
