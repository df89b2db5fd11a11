// SPDX-License-Identifier: GPL-2.0
// Subject: mm: a write fault on a protected huge page is one of copy-on-write
//
// As for a small page.
//
// Breaks: WP-2
// Kills: soft_bits_report.write_to_protected_huge_page_is_reported: assertion
// In: mm/memory.c: wp_huge_pmd

@@
@@
- userfaultfd_huge_pmd_wp(vma, vmf->orig_pmd)
+ false
