// SPDX-License-Identifier: GPL-2.0
// Subject: mm: MADV_FREE drops pages as MADV_DONTNEED does
//
// What has been written is gone, whether memory is short or not.
//
// Breaks: LF-9
// Kills: large_folio_look.advice_leaves_huge_device_page_alone: assertion
// Kernels: from 6.19: no huge pages on a device before
// In: mm/madvise.c: madvise_dontneed_free

@@
@@
- return madvise_free_single_vma(...);
+ return madvise_dontneed_single_vma(madv_behavior);
