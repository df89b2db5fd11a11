// SPDX-License-Identifier: GPL-2.0
// Subject: mm/mincore: say that a hole is in memory
//
// A read of a hole needs no disk, either.
//
// Breaks: EW-1, EW-2
// Kills: walker_look.mincore_meets_each_entry: assertion
// Kills: walker_look.mincore_tells_pages_apart: assertion
// In: mm/mincore.c: __mincore_unmapped_range

@@
expression i;
@@
- vec[i] = 0;
+ vec[i] = 1;
