// SPDX-License-Identifier: GPL-2.0
// Subject: mm/memory: take one reference for a batch
//
// A folio has a reference for each mapping, not for each pte that is copied in one
// go.
//
// Breaks: EW-2
// Kills: walker_protect.fork_tells_pages_apart: assertion or report
// In: mm/memory.c: copy_present_ptes

@@
@@
- folio_ref_add(folio, nr);
+ folio_ref_inc(folio);
