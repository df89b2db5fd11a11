// SPDX-License-Identifier: GPL-2.0
// Subject: mm: MADV_DONTNEED leaves the marker of private memory
//
// What was protected before is protected again when there is a page.
//
// Breaks: WP-1
// Kills: soft_bits_marker.zapped_marker_stays_in_a_file: assertion
// In: mm/memory.c: zap_nonpresent_ptes | zap_pte_range

@@
expression V;
@@
- !vma_is_anonymous(V)
+ true
  && \(!zap_drop_file_uffd_wp(details)\|!zap_drop_markers(details)\)
