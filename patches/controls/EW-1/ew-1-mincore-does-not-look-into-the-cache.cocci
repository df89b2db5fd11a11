// SPDX-License-Identifier: GPL-2.0
// Subject: mm/mincore: say that swap is out
//
// A page that is still in the swap cache needs no disk.
//
// Breaks: EW-1, EW-2
// Kills: walker_look.mincore_meets_each_entry: assertion
// Kills: walker_look.mincore_tells_neighbours_apart: assertion
// In: mm/mincore.c: mincore_pte_range, mincore_swap

@@
expression list ES;
@@
(
- *vec = mincore_page(ES);
+ *vec = 0;
|
  present = folio_test_uptodate(ES);
+ present = 0;
)
