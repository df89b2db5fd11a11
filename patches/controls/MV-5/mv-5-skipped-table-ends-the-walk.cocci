// SPDX-License-Identifier: GPL-2.0
// Subject: mm: end the walk at the first page table to be skipped
//
// migrate_vma_collect_skip() returns what the walk should do next, and the walk takes
// any such value for an order to stop: nothing behind is collected. Somebody who knows
// walk->action would mix it up with what a callback returns.
//
// Breaks: MV-5, MV-17
// Kills: migrate_vma_range.missing_table_does_not_end_walk: assertion
// In: mm/migrate_device.c: migrate_vma_collect_skip

@@
@@
- return 0;
+ return ACTION_CONTINUE;
