// SPDX-License-Identifier: GPL-2.0
// Subject: mm: fork() protects the page of a device
//
// The entry of the parent gets the bit of userfaultfd, which it has not had.
//
// Breaks: WP-1, WP-2
// Kills: soft_bits_device.fork_protects_no_device_page: assertion
// In: mm/memory.c: copy_nonpresent_pte

@@
@@
  entry = make_readable_device_private_entry(...);
  pte = swp_entry_to_pte(entry);
  if (
(
- pte_swp_uffd_wp(orig_pte)
+ true
|
- pte_swp_uffd(orig_pte)
+ true
)
  ) {
  ...
  }
