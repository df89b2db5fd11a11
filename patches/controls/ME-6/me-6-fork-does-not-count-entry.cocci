// SPDX-License-Identifier: GPL-2.0
// Subject: mm: the RSS of a child leaves out pages under migration
//
// fork() copies a migration entry without counting its page, so the RSS of the child
// goes below zero when it exits. Whoever takes an entry for something that is not
// resident writes this.
//
// Breaks: ME-6
// Kills: migration_entry_fork.fork_makes_private_entry_readable: assertion
// In: mm/memory.c: copy_nonpresent_pte

@@
@@
(
- folio = softleaf_to_folio(entry);
- rss[mm_counter(folio)]++;
|
- folio = pfn_swap_entry_folio(entry);
- rss[mm_counter(folio)]++;
)
