// SPDX-License-Identifier: GPL-2.0
// Subject: mm: a page that gives way to the zero page stays in the RSS
//
// The shared zero page takes the place of an unused one without taking it off the
// counters of the mm. Whoever forgets that the entry was still counted writes this.
//
// Breaks: ME-4
// Kills: migration_entry_unmap.shared_zeropage_replaces_page: assertion
// In: mm/migrate.c: try_to_map_unused_to_zeropage

@@
@@
- dec_mm_counter(pvmw->vma->vm_mm, mm_counter(folio));
