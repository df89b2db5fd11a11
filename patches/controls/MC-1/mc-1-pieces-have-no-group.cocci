// SPDX-License-Identifier: GPL-2.0
// Subject: mm/memcontrol: pieces of a folio belong to nobody
//
// Only the first page of a folio that is split is charged.
//
// Breaks: MC-1
// Kills: memcg_move.pieces_are_charged_like_the_whole: assertion or report
// Variants: full
// Kernels: before 6.13: later the pieces get it where they are made
// In: mm/memcontrol.c: split_page_memcg

@@
@@
- folio_page(folio, i)->memcg_data = folio->memcg_data;
+ (void)i;
