// SPDX-License-Identifier: GPL-2.0
// Subject: mm: find the place of a pte by its offset into the walk of a table
//
// migrate_vma_collect_pmd() puts what it finds where the offset of the address says,
// from where its own part of the range begins. A range of two page tables has two of
// these. Whoever thinks that a counter and an address need not both be counted up
// would do this.
//
// Breaks: MV-5
// Kills: migrate_vma_range.range_may_span_page_tables: assertion
// In: mm/migrate_device.c: migrate_vma_collect_pmd
// Matches: 2

@@
@@
- migrate->dst[migrate->npages] = 0;
+ migrate->dst[migrate->npages++] = 0;

@@
@@
- migrate->src[migrate->npages++] = mpfn;
+ migrate->src[(addr - start) >> PAGE_SHIFT] = mpfn;
