// SPDX-License-Identifier: GPL-2.0
// Subject: mm/memcontrol: nobody is charged for swap
//
// A group can fill all of the swap area, whatever its limit is.
//
// Breaks: MC-1
// Kills: memcg_move.swapped_page_is_charged_as_swap: assertion
// Kills: memcg_limit.swap_goes_to_its_limit: assertion
// Variants: full
// In: mm/memcontrol.c: __mem_cgroup_try_charge_swap

@@
@@
- do_memsw_account()
+ !do_memsw_account()
