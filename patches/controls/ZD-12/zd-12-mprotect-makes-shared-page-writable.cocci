// SPDX-License-Identifier: GPL-2.0
// Subject: mm/mprotect: let device memory be written to at once
//
// can_change_pte_writable() makes the pte of a device page writable when mprotect()
// allows writing again, although a child shares the page. Somebody who wants to spare
// drivers the write faults would take their pages out of the check.
//
// Breaks: ZD-12
// Kills: zone_device_map.held_coherent_page_is_shared: assertion
// In: mm/mprotect.c: commit_anon_folio_batch | can_change_private_pte_writable | can_change_pte_writable

@@
@@
- return page && PageAnon(page) && PageAnonExclusive(page);
+ return page && PageAnon(page) &&
+ 	       (PageAnonExclusive(page) || is_zone_device_page(page));

@@
expression E;
@@
- expected_anon_exclusive = PageAnonExclusive(E);
+ expected_anon_exclusive = PageAnonExclusive(E) || is_zone_device_page(E);
