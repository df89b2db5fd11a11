// SPDX-License-Identifier: GPL-2.0
// Subject: mm/mprotect: take a device page for one that stays writable
//
// The two constructors differ in one word.
//
// Breaks: EW-1
// Kills: walker_protect.mprotect_none_meets_each_entry: assertion
// Kills: walker_protect.mprotect_read_meets_each_entry: assertion
// In: mm/mprotect.c: change_pte_range, change_softleaf_pte

@@
expression E;
@@
- make_readable_device_private_entry(E)
+ make_writable_device_private_entry(E)
