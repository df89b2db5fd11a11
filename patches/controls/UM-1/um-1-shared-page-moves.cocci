// SPDX-License-Identifier: GPL-2.0
// Subject: mm: UFFDIO_MOVE moves a page that is shared
//
// The page is not asked whether it is exclusive, neither at first nor under
// the locks. The man page wants fork() to be avoided, so somebody may take
// that for granted. PAGE_TABLE_CHECK, where it is on, stops the kernel as soon as
// the page is mapped writable in one place and mapped in another one.
//
// Breaks: UM-1
// Kills: uffd_move_page.refused_page_stays: assertion or report
// In: mm/userfaultfd.c: move_pages_pte | move_pages_ptes
// In: mm/userfaultfd.c: move_present_pte | move_present_ptes
// Matches: 2

@@
expression E;
@@
- !PageAnonExclusive(E)
+ false
