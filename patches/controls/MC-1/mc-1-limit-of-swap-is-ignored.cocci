// SPDX-License-Identifier: GPL-2.0
// Subject: mm/memcontrol: memory.swap.max is no limit
//
// The charge is counted, and never refused.
//
// Breaks: MC-1
// Kills: memcg_limit.swap_goes_to_its_limit: assertion
// Variants: full
// In: mm/memcontrol.c: __mem_cgroup_try_charge_swap

@@
@@
- !page_counter_try_charge(&memcg->swap, nr_pages, &counter)
+ (page_counter_charge(&memcg->swap, nr_pages), (counter = NULL))
