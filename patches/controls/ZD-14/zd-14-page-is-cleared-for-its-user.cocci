// SPDX-License-Identifier: GPL-2.0
// Subject: device-dax: clear a page that is mapped
//
// As an anonymous page is. But it is memory of the device, which others have mapped, and which
// outlives its users.
//
// Breaks: ZD-14
// Kills: dax_fault.bytes_are_those_of_the_device: assertion
// In: drivers/dax/device.c: dax_set_mapping
// Kernels: from 6.15: a mapping of device-dax has a reference since
// Variants: dax

@@
@@
+ clear_highpage(pfn_to_page(pfn));
  pgoff = linear_page_index(...);
