// SPDX-License-Identifier: GPL-2.0
// Subject: device-dax: let a mapping end within a page
//
// A mapping need not begin and end with a page of the device. The fault handlers rely on it.
//
// Breaks: ZD-14
// Kills: dax_fault.refused_mappings_take_nothing: assertion
// In: drivers/dax/device.c: __check_vma | check_vma
// Kernels: from 6.15: a mapping of device-dax has a reference since
// Variants: dax

@@
expression E;
@@
- if (E) {
+ if (0) {
  dev_info_ratelimited(dev, "%s: %s: fail, unaligned vma (%#lx - %#lx, %#lx)\n", ...);
  return -EINVAL;
  }
