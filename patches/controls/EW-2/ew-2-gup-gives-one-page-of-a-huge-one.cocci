// SPDX-License-Identifier: GPL-2.0
// Subject: mm/gup: give the same page again and again
//
// The array is filled with the page that was looked up.
//
// Breaks: EW-2
// Kills: walker_access.gup_read_tells_huge_neighbours_apart: assertion or report
// Kills: walker_access.gup_fast_read_tells_huge_neighbours_apart: assertion or report
// In: mm/gup.c: __get_user_pages

@@
expression E;
@@
- subpage = E;
+ subpage = page;
