// SPDX-License-Identifier: GPL-2.0
// Subject: mm/migrate_device: a huge page that is skipped ends the walk
//
// What is behind it is neither collected nor accounted for.
//
// From 6.19 the walk then begins anew, and does not end: the case hangs there.
//
// Breaks: MV-5
// Kills: huge_page_migrate_vma.walk_goes_on_after_skipped_huge_page: assertion or hang
// In: mm/migrate_device.c: migrate_vma_collect_skip

@@
@@
- return 0;
+ return 1;
