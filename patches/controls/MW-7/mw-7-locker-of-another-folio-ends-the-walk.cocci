// SPDX-License-Identifier: GPL-2.0
// Subject: mm/filemap: count each task of the queue
//
// The walk ends at the first that wants a lock, be it of another folio.
//
// Breaks: MW-7
// Kills: migration_wait_lock.those_who_want_another_folio_are_passed_over: assertion
// In: mm/filemap.c: wake_page_function

@@
@@
  if (!wake_page_match(...))
- return 0;
+ return 1;
