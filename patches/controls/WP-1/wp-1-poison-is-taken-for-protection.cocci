// SPDX-License-Identifier: GPL-2.0
// Subject: mm: UFFDIO_WRITEPROTECT takes the poison off a page
//
// A marker is a marker: when the protection is taken away, so is the marker.
//
// Breaks: WP-1, SE-2
// Kills: soft_bits_marker.poison_is_not_protection: assertion
// In: mm/mprotect.c: change_softleaf_pte | change_pte_range

@@
@@
(
- is_poisoned_swp_entry(entry)
+ false
|
- softleaf_is_poison_marker(entry)
+ false
)
