// SPDX-License-Identifier: GPL-2.0
// Subject: mm: a page that is pinned is left locked
//
// Nobody unlocks it any more.
//
// Breaks: MV-4
// Kills: migrate_vma_lock.refused_page_is_put_back: assertion
// In: mm/migrate_device.c: migrate_vma_collect_pmd

@@
@@
(
  set_pte_at(mm, addr, ptep, pte);
- if (fault_folio != folio)
-   folio_unlock(folio);
  folio_put(folio);
  mpfn = 0;
  goto next;
|
  set_pte_at(mm, addr, ptep, pte);
- folio_unlock(folio);
  folio_put(folio);
  mpfn = 0;
  goto next;
)
