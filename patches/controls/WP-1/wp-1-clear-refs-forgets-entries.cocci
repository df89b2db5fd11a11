// SPDX-License-Identifier: GPL-2.0
// Subject: mm: clear_refs leaves entries soft-dirty
//
// Only what is present can be written to. But what is in swap comes back with its bits.
//
// Breaks: WP-1, EW-1
// Kills: soft_bits_scan.pagemap_tells_the_bits: assertion
// In: fs/proc/task_mmu.c: clear_soft_dirty

@@
@@
- ptent = pte_swp_clear_soft_dirty(ptent);
