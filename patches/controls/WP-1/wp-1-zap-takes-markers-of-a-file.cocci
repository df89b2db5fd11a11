// SPDX-License-Identifier: GPL-2.0
// Subject: mm: MADV_DONTNEED forgets that a page of a file is protected
//
// The marker is taken away, as at the end of the mapping.
//
// Breaks: WP-1
// Kills: soft_bits_marker.zapped_marker_stays_in_a_file: assertion
// In: mm/memory.c: zap_nonpresent_ptes | zap_pte_range

@@
expression V;
@@
  !vma_is_anonymous(V) &&
(
- !zap_drop_file_uffd_wp(details)
+ false
|
- !zap_drop_markers(details)
+ false
)
