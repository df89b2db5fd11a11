// SPDX-License-Identifier: GPL-2.0
// Subject: fs/proc: tell of the folio that is mapped
//
// The frame of the first page of a large folio is told of in the place of each other.
//
// Breaks: EW-2
// Kills: walker_look.pagemap_tells_pages_apart: assertion
// In: fs/proc/task_mmu.c: pte_to_pagemap_entry

@@
@@
- frame = pte_pfn(pte);
+ frame = folio_pfn(page_folio(pte_page(pte)));
