// SPDX-License-Identifier: GPL-2.0
// Subject: mm: the memmap of device memory is counted for ever
//
// /proc/vmstat has more and more of it each time a driver is loaded.
//
// Breaks: ZD-7
// Kills: zone_device_unmap.memmap_is_given_back: assertion
// In: mm/sparse-vmemmap.c: depopulate_section_memmap
// In: mm/sparse.c: section_deactivate

@@
expression E;
@@
- memmap_pages_add(E);
