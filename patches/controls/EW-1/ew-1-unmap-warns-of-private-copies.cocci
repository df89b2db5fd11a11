// SPDX-License-Identifier: GPL-2.0
// Subject: mm/memory: warn of device pages in files
//
// Device pages are anonymous, and so, it seems, are their mappings. A private
// mapping of a file holds anonymous pages, too.
//
// Breaks: EW-1
// Kills: walker_protect.munmap_private_file_meets_each_entry: assertion
// In: mm/memory.c: zap_pte_range, zap_nonpresent_ptes

@@
@@
- WARN_ON_ONCE(!folio_test_anon(folio));
+ WARN_ON_ONCE(!vma_is_anonymous(vma));
