// SPDX-License-Identifier: GPL-2.0
// Subject: mm/hugetlb: what is put back cannot be isolated again
//
// A page whose migration has failed once is where it is for ever.
//
// Breaks: HT-1
// Kills: hugetlb_migrate.isolated_page_is_nobody_elses: assertion
// Variants: full
// In: mm/hugetlb.c: folio_putback_active_hugetlb | folio_putback_hugetlb

@@
@@
- folio_set_hugetlb_migratable(folio);
