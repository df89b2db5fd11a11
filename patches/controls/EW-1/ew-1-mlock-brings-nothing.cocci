// SPDX-License-Identifier: GPL-2.0
// Subject: mm/mlock: leave the pages to the first fault
//
// mlock() marks the VMA and returns: as MLOCK_ONFAULT does.
//
// Breaks: EW-1
// Kills: walker_advice.mlock_meets_each_entry: assertion
// In: mm/mlock.c: do_mlock

@@
expression list ES;
@@
- error = __mm_populate(ES);
