// SPDX-License-Identifier: GPL-2.0
// Subject: mm/rmap: read the page of any pte in one way
//
// A device-private page is unmapped to be migrated. It has an entry that is not
// present, where the number of the page is somewhere else.
//
// Breaks: MV-15
// Kills: migrate_vma_device.device_is_emptied_without_vma: report
// In: mm/rmap.c: try_to_migrate_one

@@
@@
(
- folio_is_zone_device(folio)
+ 0
|
- swp_offset_pfn(pte_to_swp_entry(pteval))
+ pte_pfn(pteval)
|
- softleaf_to_pfn(entry)
+ pte_pfn(pteval)
)
