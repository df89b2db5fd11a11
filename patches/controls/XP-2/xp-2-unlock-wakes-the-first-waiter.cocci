// SPDX-License-Identifier: GPL-2.0
// Subject: mm: wake the first waiter of a folio only
//
// An unlock wakes the first of the tasks that wait for a migration, and leaves
// the others asleep. Made by someone who thinks of waiters that want the lock, of which
// the first wakes the next when it drops it; those of a migration never have it. It
// takes two that wait, and one that ends the migration.
//
// Breaks: XP-2
// Kills: explore.each_schedule_ends_as_a_serial_order: assertion
// In: mm/filemap.c: wake_page_function

@@
@@
  list_del_init_careful(&wait->entry);
- return (flags & WQ_FLAG_EXCLUSIVE) != 0;
+ return -1;
