// SPDX-License-Identifier: GPL-2.0
// Subject: mm/migrate: who waits for a page of hugetlb holds it
//
// As all waiters did once. The migration finds a reference that it does not know.
//
// Breaks: MW-13
// Kills: hugetlb_wait.entry_is_waited_for: assertion
// Variants: full
// In: mm/migrate.c: migration_entry_wait_huge

@@
@@
(
- migration_entry_wait_on_locked(pte_to_swp_entry(pte), ptl);
+ {
+	struct folio *folio = pfn_swap_entry_folio(pte_to_swp_entry(pte));
+
+	folio_get(folio);
+	migration_entry_wait_on_locked(pte_to_swp_entry(pte), ptl);
+	folio_put(folio);
+ }
|
- softleaf_entry_wait_on_locked(entry, ptl);
+ {
+	struct folio *folio = softleaf_to_folio(entry);
+
+	folio_get(folio);
+	softleaf_entry_wait_on_locked(entry, ptl);
+	folio_put(folio);
+ }
)
