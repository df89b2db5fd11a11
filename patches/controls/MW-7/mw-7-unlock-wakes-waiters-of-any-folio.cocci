// SPDX-License-Identifier: GPL-2.0
// Subject: mm: wake the waiters of any folio in the queue
//
// The wake-up looks at the bit that is waited for, and not at the folio. Waiters of
// other folios that hash to the same queue come back although theirs is locked. Who
// forgets that the queues are shared would write this.
//
// Breaks: MW-7
// Kills: migration_wait_wake.unlock_wakes_only_own_waiters: assertion
// In: mm/filemap.c: wake_page_function

@@
@@
- if (!wake_page_match(wait_page, key))
- 	return 0;
+ if (wait_page->bit_nr != key->bit_nr)
+ 	return 0;
+ key->page_match = 1;
