// SPDX-License-Identifier: GPL-2.0
// Subject: mm: only unlock a huge page that could be split
//
// A huge page that cannot be split for migrate_vma_setup() stays locked.
//
// Breaks: MV-4
// Kills: huge_page_migrate_vma.pinned_huge_page_is_skipped: assertion
// In: mm/migrate_device.c: migrate_vma_collect_huge_pmd | migrate_vma_collect_pmd

@@
@@
  ret = split_folio(folio);
  if (
- fault_folio != folio
+ fault_folio != folio && !ret
  ) folio_unlock(folio);

@@
@@
  ret = split_folio(folio);
- folio_unlock(folio);
+ if (!ret)
+ 	folio_unlock(folio);
