// SPDX-License-Identifier: GPL-2.0
// Subject: mm/memcontrol: both folios of a migration are charged
//
// When the old one is freed, the charge of the new one goes.
//
// Breaks: MC-1
// Kills: memcg_move.moved_page_stays_charged: assertion or report
// Variants: full
// In: mm/memcontrol.c: mem_cgroup_migrate

@@
@@
- old->memcg_data = 0;
+ (void)old;
