// SPDX-License-Identifier: GPL-2.0
// Subject: mm: devm_memremap_pages() does not mind if it cannot record the end
//
// The mapping is there, but nobody takes it away when the device goes.
//
// Breaks: ZD-7
// Kills: zone_device_unmap.devm_mapping_without_memory_leaves_nothing: assertion
// In: mm/memremap.c: devm_memremap_pages

@@
expression E1, E2, E3;
@@
- error = devm_add_action_or_reset(E1, E2, E3);
+ error = devm_add_action(E1, E2, E3) ? 0 : 0;
