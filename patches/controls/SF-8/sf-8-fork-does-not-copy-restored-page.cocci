// SPDX-License-Identifier: GPL-2.0
// Subject: mm: take a restored exclusive pte for one that has been copied
//
// fork() puts the page of a device-exclusive entry back, but does not copy the present
// pte: the child has none, and the parent may still write. Whoever does not know that
// -ENOENT stands for "present by now" would return 0 for success.
//
// Breaks: SF-8, ME-6
// Kills: swap_fault_exclusive.fork_ends_exclusive_access: assertion
// In: mm/memory.c: copy_nonpresent_pte

@@
@@
- return -ENOENT;
+ return 0;
