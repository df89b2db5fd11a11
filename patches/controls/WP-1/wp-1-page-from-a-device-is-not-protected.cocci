// SPDX-License-Identifier: GPL-2.0
// Subject: mm/memory: a page that a device had comes back without its protection
//
// A write to it is not reported.
//
// Breaks: WP-1
// Kills: soft_bits_kept.page_comes_back_from_a_device_protected: assertion
// In: mm/memory.c: restore_exclusive_pte

@@
@@
(
- pte = pte_mkuffd_wp(pte);
|
- pte = pte_mkuffd(pte);
)
