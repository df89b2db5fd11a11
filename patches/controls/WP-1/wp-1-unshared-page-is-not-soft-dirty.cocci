// SPDX-License-Identifier: GPL-2.0
// Subject: mm/memory: a copy for a pin is not soft-dirty
//
// The page that it replaces was: a checkpoint misses it.
//
// Breaks: WP-1
// Kills: soft_bits_kept.pinned_copy_has_the_bits: assertion
// In: mm/memory.c: wp_page_copy

@@
@@
- entry = pte_mksoft_dirty(entry);
