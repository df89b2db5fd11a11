// SPDX-License-Identifier: GPL-2.0
// Subject: fs/proc: look at the mapcount of what is not present
//
// A page that is not present may be mapped once, too; but nobody may trust that
// there.
//
// Breaks: EW-1
// Kills: walker_look.pagemap_meets_each_entry: assertion
// In: fs/proc/task_mmu.c: pte_to_pagemap_entry

@@
expression E;
@@
- (flags & PM_PRESENT) && E
+ E
