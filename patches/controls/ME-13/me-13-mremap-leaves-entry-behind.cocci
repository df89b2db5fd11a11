// SPDX-License-Identifier: GPL-2.0
// Subject: mm: mremap() moves only what is present
//
// An entry at the old address is cleared, but not set at the new one, so the page is
// lost. Whoever takes what is not present for empty writes this.
//
// Breaks: ME-13
// Kills: migration_entry_munmap.mremap_moves_entry: assertion
// In: mm/mremap.c: move_ptes

@@
@@
(
- need_clear_uffd_wp && pte_is_uffd_wp_marker(pte)
+ !pte_present(pte)
|
- need_clear_uffd_wp && pte_marker_uffd_wp(pte)
+ !pte_present(pte)
)
