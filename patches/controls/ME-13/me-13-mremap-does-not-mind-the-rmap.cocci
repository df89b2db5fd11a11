// SPDX-License-Identifier: GPL-2.0
// Subject: mm/mremap: move ptes without the locks of the rmap
//
// A walk along the rmap looks at the new place first and at the old one afterwards, and
// finds the page at neither.
//
// Breaks: ME-13
// Kills: migration_entry_rmap.mremap_keeps_the_rmap_out: assertion
// Matches: 2
// In: mm/mremap.c: move_ptes

@@
expression e, v;
@@
- if (e)
-   take_rmap_locks(v);

@@
expression e, v;
@@
- if (e)
-   drop_rmap_locks(v);
