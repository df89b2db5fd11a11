// SPDX-License-Identifier: GPL-2.0
// Subject: mm: pieces behind the end of a file lose one reference of many
//
// A piece of several pages has as many references of the page cache. Whoever
// takes it out of there has to drop all of them, or its memory is lost.
//
// Breaks: LF-7
// Kills: large_folio_split.pieces_behind_the_end_of_a_file_are_freed: assertion
// In: mm/huge_memory.c: __split_huge_page | __folio_freeze_and_split_unmapped | __folio_split

@@
expression F, N;
@@
- folio_put_refs(F, N);
+ folio_put(F);
