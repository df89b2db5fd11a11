// SPDX-License-Identifier: GPL-2.0
// Subject: userfaultfd: UFFDIO_COPY forgets UFFDIO_COPY_MODE_WP
//
// The page is there, and can be written to.
//
// Breaks: WP-1
// Kills: soft_bits_kept.copied_page_is_protected_if_asked: assertion
// In: mm/userfaultfd.c: mfill_atomic_install_pte

@@
@@
(
- _dst_pte = pte_mkuffd_wp(_dst_pte);
|
- _dst_pte = pte_mkuffd(_dst_pte);
)
