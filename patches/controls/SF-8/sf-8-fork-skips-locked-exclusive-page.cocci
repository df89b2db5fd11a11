// SPDX-License-Identifier: GPL-2.0
// Subject: mm: skip device-exclusive pages that are locked at fork()
//
// fork() goes on without a device-exclusive page that it cannot lock, and the child
// has a page of zeroes in its place. Whoever thinks that the caller comes back to what
// was left out would return 0.
//
// Breaks: SF-8, ME-6
// Kills: swap_fault_exclusive.fork_fails_if_exclusive_page_is_locked: assertion
// In: mm/memory.c: copy_nonpresent_pte

@@
@@
- return -EBUSY;
+ return 0;
