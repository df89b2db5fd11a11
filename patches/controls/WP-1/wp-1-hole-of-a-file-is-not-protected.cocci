// SPDX-License-Identifier: GPL-2.0
// Subject: mm/mprotect: protect pages that are there
//
// UFFDIO_WRITEPROTECT leaves no marker where nothing is mapped. A page that comes
// there later is not protected.
//
// Breaks: WP-1
// Kills: soft_bits_marker.protected_hole_gets_marker: assertion
// In: mm/mprotect.c: change_pte_range

@@
@@
- userfaultfd_wp_use_markers(vma)
+ 0
