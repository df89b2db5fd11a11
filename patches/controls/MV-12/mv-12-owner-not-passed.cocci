// SPDX-License-Identifier: GPL-2.0
// Subject: mm: do not tell MMU notifiers who migrates
//
// The notifier range of migrate_vma_setup() has no owner, so that the driver
// invalidates what it migrates itself. Made by someone who uses the shorter
// initialiser.
//
// Breaks: MV-12
// Kills: migrate_vma_collect.notifier_gets_owner_once: assertion
// In: mm/migrate_device.c: migrate_vma_collect

@@
@@
- mmu_notifier_range_init_owner(&range, MMU_NOTIFY_MIGRATE, 0,
- 	migrate->vma->vm_mm, migrate->start, migrate->end,
- 	migrate->pgmap_owner);
+ mmu_notifier_range_init(&range, MMU_NOTIFY_MIGRATE, 0,
+ 	migrate->vma->vm_mm, migrate->start, migrate->end);
