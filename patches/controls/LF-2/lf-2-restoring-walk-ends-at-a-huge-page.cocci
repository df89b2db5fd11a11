// SPDX-License-Identifier: GPL-2.0
// Subject: mm: the walk for migration entries ends at the first huge page
//
// Entries behind it are not replaced: whoever accesses them waits for ever.
//
// Breaks: LF-2 LF-6
// Kills: large_folio_across.rest_is_found_behind_a_foreign_pmd: assertion
// In: mm/page_vma_mapped.c: page_vma_mapped_walk

@@
@@
  if (likely(...)) {
  	if (pvmw->flags & PVMW_MIGRATION)
- 		goto next_pmd;
+ 		return not_found(pvmw);
  	...
  }
