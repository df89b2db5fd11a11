// SPDX-License-Identifier: GPL-2.0
// Subject: mm: the driver is not told when a split is done
//
// Only of each new piece.
//
// Breaks: LF-11
// Kills: large_folio_device.huge_device_page_comes_back_page_by_page: assertion
// Kernels: from 6.19: no huge pages on a device before
// In: mm/huge_memory.c: __folio_freeze_and_split_unmapped

@@
@@
- zone_device_private_split_cb(folio, NULL);
