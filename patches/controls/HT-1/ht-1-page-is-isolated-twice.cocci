// SPDX-License-Identifier: GPL-2.0
// Subject: mm/hugetlb: an isolated page can be isolated by others
//
// It is on two lists then.
//
// Breaks: HT-1
// Kills: hugetlb_migrate.isolated_page_is_nobody_elses: assertion
// Variants: full
// In: mm/hugetlb.c: isolate_hugetlb | folio_isolate_hugetlb

@@
@@
- folio_clear_hugetlb_migratable(folio);
