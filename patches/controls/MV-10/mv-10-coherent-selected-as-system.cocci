// SPDX-License-Identifier: GPL-2.0
// Subject: mm: collect device-coherent pages as system memory
//
// MIGRATE_VMA_SELECT_SYSTEM picks coherent pages too. Made by someone who notes that
// the CPU sees no difference.
//
// Breaks: MV-10
// Kills: migrate_vma_mix.every_pair_of_pages_is_collected: assertion
// In: mm/migrate_device.c: migrate_vma_collect_pmd

@@
@@
- !(migrate->flags &
- 	MIGRATE_VMA_SELECT_DEVICE_COHERENT)
+ !(migrate->flags &
+ 	(MIGRATE_VMA_SELECT_DEVICE_COHERENT |
+ 	 MIGRATE_VMA_SELECT_SYSTEM))
