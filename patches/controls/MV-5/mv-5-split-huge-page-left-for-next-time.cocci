// SPDX-License-Identifier: GPL-2.0
// Subject: mm: split a huge page now, migrate it the next time
//
// A huge page has been split for the driver, and the range is skipped all the same:
// its pages are to be had the next time.
//
// Breaks: MV-5, MV-2
// Kills: huge_page_migrate_vma.huge_page_is_split_for_a_device: assertion
// In: mm/migrate_device.c: migrate_vma_collect_huge_pmd | migrate_vma_collect_pmd

@@
@@
- if (ret)
  	return migrate_vma_collect_skip(start, end, walk);
