// SPDX-License-Identifier: GPL-2.0
// Subject: mm: a device page is dirty by chance once it is unmapped
//
// Its entry is asked as if it was a pte that is present.
//
// Breaks: MV-11
// Kills: large_folio_entry.clean_device_page_stays_clean: assertion
// Kernels: before 6.15: the branches for ptes and entries are apart since
// In: mm/rmap.c: try_to_migrate_one

@@
expression E;
@@
- if (!folio_is_device_private(folio) && pte_dirty(E))
+ if (pte_dirty(E))
  	folio_mark_dirty(folio);
