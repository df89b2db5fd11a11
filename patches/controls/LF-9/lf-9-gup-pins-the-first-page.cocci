// SPDX-License-Identifier: GPL-2.0
// Subject: mm: GUP of a huge page gives its first page for all of it
//
// The offset in the huge page is not added.
//
// Breaks: LF-9
// Kills: large_folio_use.gup_brings_a_huge_device_page_back: assertion or report
// Kernels: from 6.19: no huge pages on a device before
// In: mm/gup.c: follow_huge_pmd

@@
expression E;
@@
- page += E;
+ ;
