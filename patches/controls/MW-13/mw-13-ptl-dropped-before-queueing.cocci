// SPDX-License-Identifier: GPL-2.0
// Subject: mm: wait for a huge page with what waits for any locked folio
//
// pmd_migration_entry_wait() drops the ptl and calls folio_wait_locked(), like
// everybody who waits for a folio. All of them have a reference: here nothing keeps
// the folio once the ptl has been dropped, and it is only then queued.
//
// Breaks: MW-13
// Kills: migration_wait_huge.huge_page_fault_is_queued: assertion
// In: mm/migrate.c: pmd_migration_entry_wait
// Matches: 2

@@
typedef spinlock_t;
@@
+ struct folio *folio;
  spinlock_t *ptl;

@@
@@
(
- migration_entry_wait_on_locked(pmd_to_swp_entry(*pmd), ptl);
+ folio = pfn_swap_entry_folio(pmd_to_swp_entry(*pmd));
+ spin_unlock(ptl);
+ folio_wait_locked(folio);
|
- softleaf_entry_wait_on_locked(softleaf_from_pmd(*pmd), ptl);
+ folio = softleaf_to_folio(softleaf_from_pmd(*pmd));
+ spin_unlock(ptl);
+ folio_wait_locked(folio);
|
- migration_entry_wait_on_locked(softleaf_from_pmd(*pmd), ptl);
+ folio = softleaf_to_folio(softleaf_from_pmd(*pmd));
+ spin_unlock(ptl);
+ folio_wait_locked(folio);
)
