// SPDX-License-Identifier: GPL-2.0
// Subject: mm: mincore() says of a huge page on a device that it is not resident
//
// As if its memory was not memory. Small pages on a device are resident.
//
// Breaks: LF-9
// Kills: large_folio_use.huge_device_page_is_resident_to_mincore: assertion
// Kernels: from 6.19: no huge pages on a device before
// In: mm/mincore.c: mincore_pte_range

@@
@@
- memset(vec, 1, nr);
+ memset(vec, !pmd_is_device_private_entry(*pmd), nr);
