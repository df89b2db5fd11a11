// SPDX-License-Identifier: GPL-2.0
// Subject: mm: take a huge page under migration for a hole
//
// There is no page in the pmd. The driver is asked for pages that nobody can map.
//
// Breaks: MV-5
// Kills: huge_page_migrate_vma.huge_page_under_migration_is_skipped: assertion
// In: mm/migrate_device.c: migrate_vma_collect_huge_pmd | migrate_vma_collect_pmd

@first@
@@
  if (...) {
  spin_unlock(ptl);
- return migrate_vma_collect_skip(start, end, walk);
+ return migrate_vma_collect_hole(start, end, -1, walk);
  }
  folio = softleaf_to_folio(entry);

@depends on !first@
statement S;
@@
(
  if (...) {
  spin_unlock(ptl);
- return migrate_vma_collect_skip(start, end, walk);
+ return migrate_vma_collect_hole(start, end, -1, walk);
  }
  if (softleaf_is_device_private_write(entry)) S
|
  if (...) {
  spin_unlock(ptl);
- return migrate_vma_collect_skip(start, end, walk);
+ return migrate_vma_collect_hole(start, end, -1, walk);
  }
  if (softleaf_is_migration(entry)) S
|
  if (is_pmd_migration_entry(*pmdp))
- return migrate_vma_collect_skip(start, end, walk);
+ return migrate_vma_collect_hole(start, end, -1, walk);
)
