// SPDX-License-Identifier: GPL-2.0
// Subject: mm/memory-failure: a page is taken out of use and not marked
//
// Nobody can tell it from a page that leaked.
//
// Breaks: HP-1
// Kills: memory_failure_offline.data_moves_away: assertion
// Variants: full
// In: mm/memory-failure.c: page_handle_poison

@@
@@
- SetPageHWPoison(page);
