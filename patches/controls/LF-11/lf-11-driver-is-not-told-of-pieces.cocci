// SPDX-License-Identifier: GPL-2.0
// Subject: mm: the driver is not told of the pieces of a split folio
//
// What it keeps in each of them is not there when it gets them back, nor is
// their pgmap.
//
// Breaks: LF-11
// Kills: large_folio_device.huge_device_page_comes_back_page_by_page: assertion or report or hang
// Kernels: from 6.19: no huge pages on a device before
// In: mm/huge_memory.c: __folio_freeze_and_split_unmapped

@@
@@
- zone_device_private_split_cb(folio, new_folio);
