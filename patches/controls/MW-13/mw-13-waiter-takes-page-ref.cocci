// SPDX-License-Identifier: GPL-2.0
// Subject: mm: hold a huge page while waiting for its migration
//
// The waiter for a PMD entry has a reference on the folio, as it had before
// migration_entry_wait_on_locked() came: so the migration of a huge page that is
// waited for fails.
//
// Breaks: MW-13
// Kills: migration_wait_huge.huge_page_waiters_hold_no_reference: assertion
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
+ folio_get(folio);
+ spin_unlock(ptl);
+ folio_wait_locked(folio);
+ folio_put(folio);
|
- softleaf_entry_wait_on_locked(softleaf_from_pmd(*pmd), ptl);
+ folio = softleaf_to_folio(softleaf_from_pmd(*pmd));
+ folio_get(folio);
+ spin_unlock(ptl);
+ folio_wait_locked(folio);
+ folio_put(folio);
|
- migration_entry_wait_on_locked(softleaf_from_pmd(*pmd), ptl);
+ folio = softleaf_to_folio(softleaf_from_pmd(*pmd));
+ folio_get(folio);
+ spin_unlock(ptl);
+ folio_wait_locked(folio);
+ folio_put(folio);
)
