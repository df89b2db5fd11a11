// SPDX-License-Identifier: GPL-2.0
// Subject: mm: wait for migration entries in collect
//
// A range that somebody else migrates is waited for, with pages of its own locked, so
// that two drivers can wait for each other. Made by someone who wants to migrate as
// much as possible, the way that hmm_range_fault() does it.
//
// Breaks: MV-18
// Kills: migrate_vma_rival.two_migrations_share_a_range: assertion
// In: mm/migrate_device.c: migrate_vma_collect_pmd

@@
@@
(
  entry = pte_to_swp_entry(pte);
+ if (is_migration_entry(entry)) {
+ 	arch_leave_lazy_mmu_mode();
+ 	pte_unmap_unlock(ptep, ptl);
+ 	migration_entry_wait(mm, pmdp, addr);
+ 	goto again;
+ }
|
  entry = softleaf_from_pte(pte);
+ if (softleaf_is_migration(entry)) {
+ 	lazy_mmu_mode_disable();
+ 	pte_unmap_unlock(ptep, ptl);
+ 	migration_entry_wait(mm, pmdp, addr);
+ 	goto again;
+ }
)
