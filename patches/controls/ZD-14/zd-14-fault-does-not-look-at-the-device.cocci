// SPDX-License-Identifier: GPL-2.0
// Subject: device-dax: let faults rely on mmap()
//
// What is wrong with a mapping was found when it was made. But the driver may have gone since.
//
// Breaks: ZD-14
// Kills: dax_life.device_goes_while_it_is_used: assertion or report
// In: drivers/dax/device.c: __dev_dax_pte_fault, __dev_dax_pmd_fault
// Matches: 2
// Kernels: from 6.15: a mapping of device-dax has a reference since
// Variants: dax

@@
@@
- check_vma(...)
+ false
