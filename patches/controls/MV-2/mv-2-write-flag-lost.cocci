// SPDX-License-Identifier: GPL-2.0
// Subject: mm: do not say that a source page is writable
//
// MIGRATE_PFN_WRITE is not set for system pages, so that the migration entry is
// readable and the driver maps the page read-only. Made by someone who tidies up the
// flags of the source.
//
// Breaks: MV-2
// Kills: migrate_vma_lock.collected_page_is_unmapped: assertion
// In: mm/migrate_device.c: migrate_vma_collect_pmd

@@
@@
- mpfn |= pte_write(pte) ? MIGRATE_PFN_WRITE : 0;
