// SPDX-License-Identifier: GPL-2.0
// Subject: mm: munmap() does not take an entry off the RSS
//
// zap_pte_range() clears a migration entry without counting its page, so the mm
// reports pages that it no longer has. Whoever thinks that an entry is not resident
// leaves the line out.
//
// Breaks: ME-9
// Kills: migration_entry_kinds.munmap_drops_every_kind: assertion
// Kills: migration_entry_munmap.exit_drops_entry: assertion
// In: mm/memory.c: zap_nonpresent_ptes | zap_pte_range

@@
statement S;
@@
  if (!should_zap_folio(details, folio)) S
- rss[mm_counter(folio)]--;
