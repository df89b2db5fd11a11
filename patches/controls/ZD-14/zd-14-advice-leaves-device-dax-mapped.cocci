// SPDX-License-Identifier: GPL-2.0
// Subject: mm/madvise: MADV_DONTNEED leaves device-dax alone
//
// Nothing can be given back by it. But the page has to be faulted in again, as by any other
// mapping.
//
// Breaks: ZD-14
// Kills: dax_fault.madvise_and_mremap_keep_the_count: assertion
// In: mm/madvise.c: madvise_dontneed_single_vma
// Kernels: from 6.15: a mapping of device-dax has a reference since
// Variants: dax

@@
expression list L;
@@
(
- zap_vma_range_batched(L);
+ if (!vma_is_dax(madv_behavior->vma))
+ 	zap_vma_range_batched(L);
|
- zap_page_range_single_batched(L);
+ if (!vma_is_dax(madv_behavior->vma))
+ 	zap_page_range_single_batched(L);
)
