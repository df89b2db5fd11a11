// SPDX-License-Identifier: GPL-2.0
// Subject: mm: a huge page that is split has one source entry
//
// The others stay empty, so only the first page moves.
//
// Breaks: LF-8
// Kills: large_folio_device.huge_page_moves_page_by_page: assertion or report or hang
// Kernels: from 6.19: no huge pages on a device before
// In: mm/migrate_device.c: migrate_vma_split_unmapped_folio

@@
expression E;
@@
- migrate->src[i+idx] = E;
+ ;
