// SPDX-License-Identifier: GPL-2.0
// Subject: mm: mprotect() leaves a device-private pmd writable
//
// Only migration entries are made readable.
//
// Breaks: LF-9
// Kills: large_folio_use.mprotect_makes_a_huge_device_page_readable: assertion or report
// Kernels: from 6.19: no huge pages on a device before
// In: mm/huge_memory.c: change_non_present_huge_pmd

@@
@@
- softleaf_is_device_private_write(entry)
+ false
