// SPDX-License-Identifier: GPL-2.0
// Subject: mm: let all pages but those of device-dax begin without a reference
//
// Pages of FS_DAX and P2PDMA memory have no reference when they are new, while all
// that uses them still counts from one. Somebody who takes over half of the change
// with which they begin at zero would do this.
//
// Breaks: ZD-1
// Kills: zone_device_type.pages_begin_idle: assertion
// In: mm/mm_init.c: __init_zone_device_page
// Kernels: before 6.15: pages for P2PDMA are born free since

@@
@@
- pgmap->type == MEMORY_DEVICE_PRIVATE ||
- 	    pgmap->type == MEMORY_DEVICE_COHERENT
+ pgmap->type != MEMORY_DEVICE_GENERIC
