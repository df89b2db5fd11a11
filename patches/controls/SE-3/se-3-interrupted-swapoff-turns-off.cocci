// SPDX-License-Identifier: GPL-2.0
// Subject: mm/swapfile: leave the area off after a signal
//
// swapoff could not finish, and says so. What is in the area comes back by faults,
// but nothing can be swapped out any more.
//
// Breaks: SE-3
// Kills: swap_error_off.killed_swapoff_leaves_area_on: assertion
// In: mm/swapfile.c: reinsert_swap_info

@@
@@
- _enable_swap_info(si);
