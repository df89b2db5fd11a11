// SPDX-License-Identifier: GPL-2.0
// Subject: mm: skip a huge page that is locked, and nothing else
//
// migrate_vma_collect_pmd() returns with the reference that it has taken, if somebody
// else has locked the huge page. So does Linux 6.12 (findings.rst).
//
// Breaks: MV-1
// Kills: huge_page_migrate_vma.locked_huge_page_is_skipped: assertion
// In: mm/migrate_device.c: migrate_vma_collect_huge_pmd | migrate_vma_collect_pmd

@@
@@
- folio_put(folio);
  return migrate_vma_collect_skip(start, end,
  	walk);
