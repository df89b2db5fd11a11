// SPDX-License-Identifier: GPL-2.0
// Subject: mm/hugetlb: the new page is one for the time being
//
// It is freed as if it had never belonged to the pool, and the old one stays there.
//
// Breaks: HT-1
// Kills: hugetlb_migrate.page_moves_with_all_it_has: assertion
// Variants: full
// In: mm/hugetlb.c: move_hugetlb_state

@@
@@
- folio_clear_hugetlb_temporary(new_folio);
