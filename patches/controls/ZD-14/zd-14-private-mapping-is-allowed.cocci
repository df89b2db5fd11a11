// SPDX-License-Identifier: GPL-2.0
// Subject: device-dax: let a private mapping be made
//
// A private mapping would copy pages on write. Somebody who looks at the flags of the VMA where
// it is mapped would think that this has been seen to.
//
// Breaks: ZD-14
// Kills: dax_fault.refused_mappings_take_nothing: assertion or report
// In: drivers/dax/device.c: __check_vma | check_vma
// Kernels: from 6.15: a mapping of device-dax has a reference since
// Variants: dax

@@
expression E;
@@
- if (E) {
+ if (0) {
  dev_info_ratelimited(dev, "%s: %s: fail, attempted private mapping\n", ...);
  return -EINVAL;
  }
