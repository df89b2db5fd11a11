// SPDX-License-Identifier: GPL-2.0
// Subject: mm: a device-private pmd that is split becomes read-only
//
// Each of its ptes says that it may not be written to.
//
// Breaks: LF-9
// Kills: large_folio_use.part_of_a_huge_device_page_is_used: assertion
// Kernels: from 6.19: no huge pages on a device before
// In: mm/huge_memory.c: __split_huge_pmd_locked

@@
expression E;
@@
- make_writable_device_private_entry(E)
+ make_readable_device_private_entry(E)
