// SPDX-License-Identifier: GPL-2.0
// Subject: mm: offer the holes of a file mapping to the driver
//
// migrate_vma_setup() marks empty ptes for migration in any VMA, and the driver
// allocates and fills pages for a file that cannot take them. Somebody who leaves this
// check to migrate_vma_insert_page(), which has it too, would do this.
//
// Breaks: MV-17
// Kills: migrate_vma_hole.only_anonymous_holes_are_offered: assertion
// In: mm/migrate_device.c: migrate_vma_collect_pmd

@@
@@
- if (vma_is_anonymous(vma)) {
- 	mpfn = MIGRATE_PFN_MIGRATE;
- 	migrate->cpages++;
- }
+ mpfn = MIGRATE_PFN_MIGRATE;
+ migrate->cpages++;
