// SPDX-License-Identifier: GPL-2.0
// Subject: mm/gup: give the first page of a folio
//
// What is found is the folio, and the folio is what is counted on; it seems to do for
// the page. What
// is unpinned is then not what was pinned, and DEBUG_VM may say so first.
//
// Breaks: EW-2
// Kills: walker_access.gup_read_tells_pages_apart: assertion or report
// Kills: walker_access.gup_write_tells_pages_apart: assertion or report
// Kills: walker_access.gup_nowait_tells_pages_apart: assertion or report
// Kills: walker_access.gup_longterm_tells_pages_apart: assertion or report
// Kills: walker_access.gup_fast_read_tells_pages_apart: assertion
// Kills: walker_access.gup_fast_write_tells_pages_apart: assertion
// Kills: walker_access.process_vm_readv_tells_pages_apart: assertion or report
// Kills: walker_access.access_remote_vm_tells_pages_apart: assertion
// In: mm/gup.c: follow_page_pte

@@
statement S;
@@
  ret = try_grab_folio(folio, 1, flags);
  if (unlikely(ret)) S
+ page = folio_page(folio, 0);
