// SPDX-License-Identifier: GPL-2.0
// Subject: mm: report a refused migration of a coherent page as done
//
// migrate_device_coherent_folio() takes it for granted that a page for which there is
// a new one has been migrated, and pin_user_pages() hands device memory out. Somebody
// who thinks that only the allocation can fail there would write this.
//
// Breaks: MV-15
// Kills: migrate_vma_device.late_reference_keeps_coherent_page: assertion
// In: mm/migrate_device.c: migrate_device_coherent_folio

@@
@@
  if (
- src_pfn & MIGRATE_PFN_MIGRATE
+ dfolio
  )
  return 0;
