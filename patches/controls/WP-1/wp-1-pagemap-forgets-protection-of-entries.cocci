// SPDX-License-Identifier: GPL-2.0
// Subject: mm: pagemap does not tell that an entry is protected
//
// It tells of pages that are present. But protection stays when a page goes to swap, or
// to a device.
//
// Breaks: WP-1, EW-1
// Kills: soft_bits_scan.pagemap_tells_the_bits: assertion
// In: fs/proc/task_mmu.c: pte_to_pagemap_entry

@@
@@
(
- pte_swp_uffd_wp(pte)
+ false
|
- pte_swp_uffd(pte)
+ false
)
