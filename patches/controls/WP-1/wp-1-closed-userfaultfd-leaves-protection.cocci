// SPDX-License-Identifier: GPL-2.0
// Subject: mm: pages stay protected when nobody watches them any more
//
// The userfaultfd is closed, or the range unregistered. A later one finds pages
// protected that it has not protected.
//
// Breaks: WP-1
// Kills: soft_bits_end.protection_ends_with_its_userfaultfd: assertion
// In: mm/userfaultfd.c: userfaultfd_clear_vma

@@
@@
(
- uffd_wp_range(vma, start, end - start, false);
+ ;
|
- change_protection(&tlb, vma, start, end, mm_cp_flags);
)
