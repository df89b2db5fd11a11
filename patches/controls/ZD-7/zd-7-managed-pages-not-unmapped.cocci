// SPDX-License-Identifier: GPL-2.0
// Subject: mm: forget pages on devm_memunmap_pages() without unmapping them
//
// devm_memunmap_pages() takes the action off the device, but does not run it: the
// pages stay, and nobody is left to unmap them. devm_remove_action() sounds more like
// it to whoever has not looked devm_release_action() up.
//
// Breaks: ZD-7, ZD-6
// Kills: zone_device_refusal.devm_pages_go_with_device: assertion
// In: mm/memremap.c: devm_memunmap_pages

@@
@@
- devm_release_action(dev, devm_memremap_pages_release, pgmap);
+ devm_remove_action(dev, devm_memremap_pages_release, pgmap);
