// SPDX-License-Identifier: GPL-2.0
// Subject: mm: every write fault in a watched range is reported
//
// do_wp_page() asks whether the VMA is watched, and not whether the page is protected:
// the writer waits for a monitor that knows nothing of the page.
//
// Breaks: WP-2
// Kills: soft_bits_report.write_to_protected_page_is_reported: assertion
// In: mm/memory.c: do_wp_page

@@
@@
- userfaultfd_pte_wp(vma, ptep_get(vmf->pte))
+ userfaultfd_wp(vma)
