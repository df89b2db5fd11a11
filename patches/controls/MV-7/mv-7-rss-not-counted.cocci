// SPDX-License-Identifier: GPL-2.0
// Subject: mm: do not count pages that fill holes
//
// A page that is mapped where there was none is left out of the RSS, which goes
// negative when it is unmapped. Made by someone who assumes that the rmap code counts.
//
// Breaks: MV-7
// Kills: migrate_vma_hole.hole_is_filled: assertion
// Kills: no_memory.hole_stays_empty_without_memory: assertion or report
// In: mm/migrate_device.c: migrate_vma_insert_page

@@
@@
- inc_mm_counter(mm, MM_ANONPAGES);
