// SPDX-License-Identifier: GPL-2.0
// Subject: mm: skip the huge zero page
//
// There is nothing in it that would have to migrate. The driver is not asked for pages
// then, and the device cannot write there.
//
// Breaks: MV-7
// Kills: huge_page_migrate_vma.huge_zero_page_is_offered_as_holes: assertion
// In: mm/migrate_device.c: migrate_vma_collect_huge_pmd | migrate_vma_collect_pmd

@@
@@
(
  if (is_huge_zero_folio(folio)) {
  ...
- return migrate_vma_collect_hole(start, end, -1, walk);
+ return migrate_vma_collect_skip(start, end, walk);
  ...
  }
|
- split_huge_pmd(vma, pmdp, addr);
+ return migrate_vma_collect_skip(start, end, walk);
)
