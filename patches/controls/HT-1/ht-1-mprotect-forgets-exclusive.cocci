// SPDX-License-Identifier: GPL-2.0
// Subject: mm/hugetlb: mprotect() makes the entry that of a shared page
//
// A private page that nobody else has is not exclusive any more when it comes back.
//
// Breaks: HT-1
// Kills: hugetlb_entry.mprotect_changes_the_entry: assertion
// Variants: full
// In: mm/hugetlb.c: hugetlb_change_protection

@@
expression e;
@@
(
- folio_test_anon(e)
+ !folio_test_anon(e)
|
- PageAnon(e)
+ !PageAnon(e)
)
