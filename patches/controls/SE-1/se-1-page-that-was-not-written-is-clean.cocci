// SPDX-License-Identifier: GPL-2.0
// Subject: mm: a page that could not be written to swap is dropped
//
// The slot has other bytes than the page, which is clean.
//
// Breaks: SE-1
// Kills: swap_error_write.page_that_was_not_written_is_kept: assertion
// In: mm/page_io.c: swap_write_end | __end_swap_bio_write

@@
@@
(
- folio_mark_dirty(folio);
|
- set_page_dirty(page);
)
