// SPDX-License-Identifier: GPL-2.0
// Subject: mm/rmap: never unmap what is locked
//
// Memory failure has to, and says so.
//
// Breaks: EW-1
// Kills: swap_error_reclaim.missed_mlock_is_made_up_for: assertion
// In: mm/rmap.c: try_to_unmap_one

@@
@@
- !(flags & TTU_IGNORE_MLOCK)
+ true
