// SPDX-License-Identifier: GPL-2.0
// Subject: mm: migrate_vma_setup() forgets that the page is protected
//
// A page that went to a device and came back is not protected any more.
//
// Breaks: WP-1, WP-2
// Kills: soft_bits_device.bits_go_to_device_and_come_back: assertion
// Kills: soft_bits_report.write_to_protected_page_is_reported: assertion
// In: mm/migrate_device.c: migrate_vma_collect_pmd

@@
@@
(
- if (pte_uffd_wp(pte))
- 	swp_pte = pte_swp_mkuffd_wp(swp_pte);
|
- if (pte_uffd(pte))
- 	swp_pte = pte_swp_mkuffd(swp_pte);
)
