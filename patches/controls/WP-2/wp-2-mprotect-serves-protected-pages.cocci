// SPDX-License-Identifier: GPL-2.0
// Subject: mm/mprotect: make protected pages writable
//
// Userfaultfd is not told of the write.
//
// Breaks: WP-2
// Kills: soft_bits_scan.mprotect_lets_no_write_pass_unseen: assertion
// In: mm/mprotect.c: maybe_change_pte_writable | can_change_pte_writable

@@
@@
(
- if (userfaultfd_pte_wp(vma, pte))
-   return false;
|
- if (userfaultfd_pte_prot(vma, pte))
-   return false;
)
