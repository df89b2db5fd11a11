// SPDX-License-Identifier: GPL-2.0
// Subject: mm/migrate_device: keep what src says of a filled hole
//
// The src entry of a hole that has been filled keeps the flags that the driver left in
// it, WRITE for one. Made by someone who writes it as the failure path is written.
//
// Breaks: MV-7
// Kills: migrate_vma_hole.hole_is_filled: assertion
// In: mm/migrate_device.c: migrate_vma_insert_page

@@
@@
- *src = MIGRATE_PFN_MIGRATE;
+ *src |= MIGRATE_PFN_MIGRATE;
