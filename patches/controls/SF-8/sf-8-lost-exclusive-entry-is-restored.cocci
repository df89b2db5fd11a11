// SPDX-License-Identifier: GPL-2.0
// Subject: mm: restore an exclusive pte that has gone
//
// The fault does not look at the pte again after it has locked the folio, and maps a
// page that MADV_DONTNEED has taken away meanwhile. Whoever thinks that the folio lock
// keeps the entry in place would drop the check.
//
// Breaks: SF-8, SF-10
// Kills: swap_fault_exclusive.lost_exclusive_entry_is_noticed: assertion
// In: mm/memory.c: remove_device_exclusive_entry

@@
@@
- likely(vmf->pte && pte_same(ptep_get(vmf->pte), vmf->orig_pte))
+ likely(vmf->pte)
