// SPDX-License-Identifier: GPL-2.0
// Subject: mm/memory: keep the markers of userfaultfd at fork
//
// What is poisoned in the parent is a fresh page of zeroes in the child.
//
// Breaks: EW-1
// Kills: walker_protect.fork_meets_each_entry: assertion
// In: mm/memory.c: copy_nonpresent_pte

@@
expression list ES;
@@
- pte_marker marker = copy_pte_marker(ES);
+ pte_marker marker = 0;
