// SPDX-License-Identifier: GPL-2.0
// Subject: mm/swap_cgroup: the group of a slot that no area has
//
// An entry in a page table that nobody has made, on a machine without swap:
// 63b02a9409cb ("mm: swap_cgroup: fix NULL deref in lookup_swap_cgroup_id on swapless
// host").
//
// Breaks: MC-1
// Kills: memcg_limit.entry_of_no_area_is_survived: report
// Variants: full
// Kernels: before 6.18: the group is in the swap table since
// In: mm/swap_cgroup.c: lookup_swap_cgroup_id

@@
@@
- unlikely(!ctrl->map)
+ !ctrl
