// SPDX-License-Identifier: GPL-2.0
// Subject: mm: fork() takes write permission from the child only
//
// The readable entry is made for the child, but not written back to the parent, whose
// writes the child then sees. One forgotten set_pte_at() is enough.
//
// Breaks: ME-6
// Kills: no_memory.failed_fork_leaves_entries_alone: assertion
// Kills: migration_entry_fork.forked_page_is_copied_on_write: assertion or report
// In: mm/memory.c: copy_nonpresent_pte

@@
statement S1;
statement S2;
@@
  if (pte_swp_soft_dirty(orig_pte)) S1
(
  if (pte_swp_uffd(orig_pte)) S2
- set_pte_at(src_mm, addr, src_pte, pte);
|
  if (pte_swp_uffd_wp(orig_pte)) S2
- set_pte_at(src_mm, addr, src_pte, pte);
)
