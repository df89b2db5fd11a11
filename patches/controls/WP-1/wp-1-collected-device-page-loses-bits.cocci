// SPDX-License-Identifier: GPL-2.0
// Subject: mm: a device page that is taken back loses its soft-dirty bit
//
// Only a page that is present is asked for its bits.
//
// Breaks: WP-1
// Kills: soft_bits_device.driver_takes_page_back_with_its_bits: assertion
// In: mm/migrate_device.c: migrate_vma_collect_pmd

@@
@@
- if (pte_swp_soft_dirty(pte))
- 	swp_pte = pte_swp_mksoft_dirty(swp_pte);
