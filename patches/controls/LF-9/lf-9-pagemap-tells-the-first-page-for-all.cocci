// SPDX-License-Identifier: GPL-2.0
// Subject: mm: pagemap gives the offset of the first page for each of a huge device page
//
// The frame is not counted up for entries.
//
// Breaks: LF-9
// Kills: large_folio_look.pagemap_tells_pages_of_huge_device_page: assertion
// Kernels: from 6.19: no huge pages on a device before
// In: fs/proc/task_mmu.c: pagemap_pmd_range_thp

@@
@@
- frame += (1 << MAX_SWAPFILES_SHIFT);
+ ;
