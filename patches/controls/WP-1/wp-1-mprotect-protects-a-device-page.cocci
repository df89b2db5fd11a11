// SPDX-License-Identifier: GPL-2.0
// Subject: mm/mprotect: the entry of a device page gets the bit of userfaultfd
//
// A page that nobody has protected is protected when it is back.
//
// Breaks: WP-1, WP-2
// Kills: soft_bits_device.mprotect_keeps_protection_of_device_page: assertion
// In: mm/mprotect.c: change_softleaf_pte | change_pte_range

@@
@@
  entry = make_readable_device_private_entry(...);
  newpte = swp_entry_to_pte(entry);
  if (
(
- pte_swp_uffd_wp(oldpte)
+ true
|
- pte_swp_uffd(oldpte)
+ true
)
  ) {
  ...
  }
