// SPDX-License-Identifier: GPL-2.0
// Subject: mm/rmap: do not look at the RSS of an mm in reclaim
//
// What was resident before reclaim is forgotten: VmHWM is too low.
//
// Breaks: EW-1
// Kills: walker_peak.peak_is_remembered: assertion
// In: mm/rmap.c: try_to_unmap_one

@@
@@
- update_hiwater_rss(mm);
