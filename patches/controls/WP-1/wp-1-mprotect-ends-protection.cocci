// SPDX-License-Identifier: GPL-2.0
// Subject: mm: mprotect() ends the write protection of userfaultfd
//
// It is taken for the call that does.
//
// Breaks: WP-1
// Kills: soft_bits_end.mprotect_keeps_protection: assertion
// In: mm/mprotect.c: change_present_ptes | change_pte_range

@@
@@
(
  if (uffd_wp)
  	ptent = pte_mkuffd_wp(ptent);
- else if (uffd_wp_resolve)
+ else
  	ptent = pte_clear_uffd_wp(ptent);
|
  if (uffd_prot)
  	ptent = pte_mkuffd(ptent);
- else if (uffd_prot_resolve)
+ else
  	ptent = pte_clear_uffd(ptent);
)
