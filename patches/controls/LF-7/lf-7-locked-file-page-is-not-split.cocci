// SPDX-License-Identifier: GPL-2.0
// Subject: mm/huge_memory: leave pages alone that are locked in memory
//
// Memory that mlock() has locked must not be reclaimed, so that a split does not unmap it
// either. But a file page that is split comes back with the next fault.
//
// Breaks: LF-7
// Kills: huge_page_use.mlocked_file_page_is_split: assertion
// In: mm/huge_memory.c: unmap_folio

@@
@@
- ttu_flags | TTU_IGNORE_MLOCK
+ ttu_flags
