// SPDX-License-Identifier: GPL-2.0
// Subject: mm/memory: leave the peak of the RSS to munmap()
//
// MADV_DONTNEED and truncation take pages away, too.
//
// Breaks: EW-1
// Kills: walker_peak.peak_is_remembered: assertion
// In: mm/memory.c: zap_vma_range_batched | zap_page_range_single_batched | zap_page_range_single

@@
@@
- update_hiwater_rss(vma->vm_mm);
