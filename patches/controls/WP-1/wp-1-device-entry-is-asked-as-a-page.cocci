// SPDX-License-Identifier: GPL-2.0
// Subject: mm: the bits of a device entry are looked for where a page has them
//
// The entry of a device page is not present, so that its bits are elsewhere than those
// of a page. try_to_migrate_one() asks for both with the helpers for pages, as it did
// before ad7df764b7e1 ("mm/rmap: fixup copying of soft dirty and uffd ptes").
//
// Breaks: WP-1
// Kills: soft_bits_device.migration_of_device_page_carries_bits: assertion
// Matches: 2
// In: mm/rmap.c: try_to_migrate_one

@@
@@
- pte_swp_soft_dirty(pteval)
+ pte_soft_dirty(pteval)

@@
@@
(
- pte_swp_uffd_wp(pteval)
+ pte_uffd_wp(pteval)
|
- pte_swp_uffd(pteval)
+ pte_uffd(pteval)
)
