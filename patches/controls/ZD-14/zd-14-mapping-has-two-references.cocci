// SPDX-License-Identifier: GPL-2.0
// Subject: mm: take two references for a mapping that a driver makes
//
// The fault handler of a driver gets a reference for the page that it inserts, and the mapping
// another one, which nobody drops.
//
// Breaks: ZD-14
// Kills: dax_fault.fault_takes_one_reference: assertion
// Kills: dax_fault.users_come_and_go: assertion
// In: mm/memory.c: insert_page_into_pte_locked
// Kernels: from 6.15: a mapping of device-dax has a reference since
// Variants: dax

@@
@@
  folio_get(folio);
+ folio_get(folio);
