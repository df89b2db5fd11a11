// SPDX-License-Identifier: GPL-2.0
// Subject: mm: a device page that stays is not protected any more
//
// The migration entry is replaced by one of a device page, which gets the soft-dirty bit
// and not the other one.
//
// Breaks: WP-1
// Kills: soft_bits_device.bits_go_to_device_and_come_back: assertion
// In: mm/migrate.c: remove_migration_pte

@@
@@
(
- pte = pte_swp_mkuffd_wp(pte);
+ pte = pte_swp_clear_uffd_wp(pte);
|
- pte = pte_swp_mkuffd(pte);
+ pte = pte_swp_clear_uffd(pte);
)
