// SPDX-License-Identifier: GPL-2.0
// Subject: mm/rmap: a page that goes to swap from a device loses its protection
//
// The bit of an entry that is no page is not looked at.
//
// Breaks: WP-1
// Kills: soft_bits_kept.page_of_a_device_goes_to_swap_protected: assertion
// In: mm/rmap.c: swp_pte_prepare | try_to_unmap_one

@@
expression pte;
@@
(
- pte_swp_uffd_wp(pte)
+ false
|
- pte_swp_uffd(pte)
+ false
)
