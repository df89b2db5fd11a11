// SPDX-License-Identifier: GPL-2.0
// Subject: userfaultfd: UFFDIO_COPY protects each page
//
// The first write to it is reported, though nobody has asked for that.
//
// Breaks: WP-1
// Kills: soft_bits_kept.copied_page_is_protected_if_asked: assertion
// In: mm/userfaultfd.c: mfill_atomic_install_pte

@@
@@
- flags & MFILL_ATOMIC_WP
+ true
