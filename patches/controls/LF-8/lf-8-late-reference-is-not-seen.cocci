// SPDX-License-Identifier: GPL-2.0
// Subject: mm: a huge page that somebody holds is split under his hands
//
// folio_split_unmapped() does not count the references.
//
// Breaks: LF-8
// Kills: large_folio_device.held_huge_page_stays_when_it_cannot_be_split: assertion or report or hang
// Kernels: from 6.19: no huge pages on a device before
// In: mm/huge_memory.c: folio_split_unmapped

@@
@@
- if (folio_expected_ref_count(folio) != folio_ref_count(folio) - 1)
- 	return -EAGAIN;
