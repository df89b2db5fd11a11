// SPDX-License-Identifier: GPL-2.0
// Subject: mm: leave MIGRATE set for a hole that somebody else has filled
//
// migrate_vma_insert_page() gives up, but does not say so in the source, so that the
// driver maps its own page for the device. Made by someone who folds the two exits of
// the function into one.
//
// Breaks: MV-7
// Kills: migrate_vma_hole.late_page_in_hole_stays: assertion
// Kills: migrate_vma_hole.reaped_mm_gets_no_page: assertion
// Kills: migrate_vma_hole.userfaultfd_hole_stays: assertion
// In: mm/migrate_device.c: migrate_vma_insert_page

@@
@@
+ return;
  abort:
