// SPDX-License-Identifier: GPL-2.0
// Subject: mm/madvise: say EFAULT for all that is wrong with an address
//
// The error for poisoned memory is folded into the one for a bad address.
//
// Breaks: EW-1
// Kills: walker_advice.madv_populate_read_meets_each_entry: assertion
// Kills: walker_advice.madv_populate_write_meets_each_entry: assertion
// In: mm/madvise.c: madvise_populate

@@
@@
- return -EHWPOISON;
+ return -EFAULT;
