// SPDX-License-Identifier: GPL-2.0
// Subject: mm: the rmap walk ends at the first pmd with a migration entry
//
// A folio that ptes map across two page tables is not found behind it.
//
// Breaks: LF-2 LF-6
// Kills: large_folio_across.rest_is_found_behind_a_foreign_pmd: assertion
// In: mm/page_vma_mapped.c: page_vma_mapped_walk

@@
@@
(
  if (!(pvmw->flags & PVMW_MIGRATION))
- 	goto next_pmd;
+ 	return not_found(pvmw);
|
  if (!thp_migration_supported() || !(pvmw->flags & PVMW_MIGRATION))
- 	goto next_pmd;
+ 	return not_found(pvmw);
)
