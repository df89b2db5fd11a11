// SPDX-License-Identifier: GPL-2.0
// Subject: mm/huge_memory: drop no reference for an entry
//
// Migration entries hold none. Those of device memory do.
//
// Breaks: LF-9
// Kills: large_folio_look.exit_gives_a_huge_device_page_back: assertion
// Kills: large_folio_use.huge_device_page_that_goes_is_free: assertion
// Kernels: from 6.19: a device has no huge pages before
// In: mm/huge_memory.c: zap_huge_pmd_folio | zap_huge_pmd

@@
@@
- folio_put(folio);
