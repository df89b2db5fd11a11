// SPDX-License-Identifier: GPL-2.0
// Subject: mm/memory-failure: a page that is out of use is free
//
// Nothing keeps it from being handed out again.
//
// Breaks: HP-1
// Kills: memory_failure_offline.data_moves_away: assertion or report
// Variants: full
// In: mm/memory-failure.c: page_handle_poison

@@
@@
- page_ref_inc(page);
