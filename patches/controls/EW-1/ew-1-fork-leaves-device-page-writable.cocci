// SPDX-License-Identifier: GPL-2.0
// Subject: mm/memory: copy a device page as it is
//
// The entry of the parent stays writable, although the child has the page as well.
//
// Breaks: EW-1
// Kills: walker_protect.fork_meets_each_entry: assertion
// In: mm/memory.c: copy_nonpresent_pte

@@
expression E;
@@
- make_readable_device_private_entry(E)
+ make_writable_device_private_entry(E)
