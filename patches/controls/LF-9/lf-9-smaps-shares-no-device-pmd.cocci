// SPDX-License-Identifier: GPL-2.0
// Subject: mm: smaps counts a huge device page that is shared as private
//
// Entries for device pages count as present, those in pmds do not.
//
// Breaks: LF-9
// Kills: large_folio_look.smaps_counts_pages_of_huge_device_page: assertion
// Kernels: from 6.19: no huge pages on a device before
// In: fs/proc/task_mmu.c: smaps_pmd_entry

@@
expression E;
@@
- if (softleaf_is_device_private(E))
- 	present = true;
