// SPDX-License-Identifier: GPL-2.0
// Subject: mm/memory: remove guards with all else
//
// MADV_DONTNEED removes whatever there is, so it might seem that it removes guards.
//
// Breaks: EW-1
// Kills: walker_advice.madv_dontneed_meets_each_entry: assertion
// Kernels: from 6.13: no guards before
// In: mm/memory.c: zap_nonpresent_ptes

@@
@@
(
- softleaf_is_guard_marker(entry)
+ 0
|
- is_guard_swp_entry(entry)
+ 0
)
