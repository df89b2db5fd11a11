// SPDX-License-Identifier: GPL-2.0
// Subject: mm: UFFDIO_MOVE keeps the protection of the page
//
// A protected page is protected wherever it goes. But protection is that of a
// range, and nobody has protected the destination.
//
// Breaks: WP-1
// Kills: soft_bits_swap.moved_page_is_not_protected: assertion
// In: mm/userfaultfd.c: move_present_pte | move_present_ptes
// Kernels: before 7.3: the bit has another name since

@@
@@
- orig_dst_pte = pte_mkwrite(orig_dst_pte, dst_vma);
+ orig_dst_pte = pte_mkwrite(orig_dst_pte, dst_vma);
+ if (pte_uffd_wp(orig_src_pte))
+ 	orig_dst_pte = pte_mkuffd_wp(orig_dst_pte);
