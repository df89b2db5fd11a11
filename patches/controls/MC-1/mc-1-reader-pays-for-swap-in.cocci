// SPDX-License-Identifier: GPL-2.0
// Subject: mm/memcontrol: a page from swap belongs to whoever reads it
//
// The group that is recorded for the slot is not asked.
//
// Breaks: MC-1
// Kills: memcg_move.swapped_page_is_charged_as_swap: assertion
// Variants: full
// In: mm/memcontrol.c: mem_cgroup_swapin_charge_folio

@@
@@
- !memcg || !css_tryget_online(&memcg->css)
+ memcg || !memcg
