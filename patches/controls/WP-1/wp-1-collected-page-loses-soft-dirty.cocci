// SPDX-License-Identifier: GPL-2.0
// Subject: mm: migrate_vma_setup() forgets the soft-dirty bit
//
// The driver gets the page, and the entry in its place has no soft-dirty bit. Whoever
// writes the second place that makes migration entries forgets what the first one does.
//
// Breaks: WP-1
// Kills: soft_bits_device.bits_go_to_device_and_come_back: assertion
// In: mm/migrate_device.c: migrate_vma_collect_pmd

@@
@@
- if (pte_soft_dirty(pte))
- 	swp_pte = pte_swp_mksoft_dirty(swp_pte);
