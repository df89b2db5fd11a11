// SPDX-License-Identifier: GPL-2.0
// Subject: mm/gup: pin whatever is mapped
//
// A page that a child may have is pinned for reading. When the process writes, it gets
// a copy, and the device does not see it. With DEBUG_VM, 6.12 stops at the page itself.
//
// Breaks: EW-2
// Kills: walker_access.gup_read_tells_pages_apart: assertion or report
// Kills: walker_access.gup_longterm_tells_pages_apart: assertion or report
// In: mm/gup.c: follow_page_pte

@@
@@
- !pte_write(pte) && gup_must_unshare(vma, flags, page)
+ 0
