// SPDX-License-Identifier: GPL-2.0
// Subject: mm: a write fault on a protected page is one of copy-on-write
//
// do_wp_page() does not ask for the bit, and makes the page writable. Nobody is told.
//
// Breaks: WP-2
// Kills: soft_bits_report.write_to_protected_page_is_reported: assertion
// In: mm/memory.c: do_wp_page

@@
@@
- userfaultfd_pte_wp(vma, ptep_get(vmf->pte))
+ false
