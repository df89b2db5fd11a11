// SPDX-License-Identifier: GPL-2.0
// Subject: mm: copy a coherent page to where it migrates without a look
//
// migrate_device_coherent_folio() copies the page, whether it migrates or not. One
// page, and not one that is likely to be busy: the condition is easily taken for one
// that always holds. Without memory there is nothing to copy to.
//
// The kernel ends where it writes to a page that is not there.
//
// Breaks: MV-15
// Kills: no_memory.coherent_pin_fails_without_memory: report
// In: mm/migrate_device.c: migrate_device_coherent_folio

@@
@@
- if (src_pfn & MIGRATE_PFN_MIGRATE)
- 	folio_copy(dfolio, folio);
+ folio_copy(dfolio, folio);
