// SPDX-License-Identifier: GPL-2.0
// Subject: mm/huge_memory: map memory of a device by an entry
//
// Coherent memory is mapped by a pmd as that of the system is: the CPU can use it. An
// entry for private memory faults each time.
//
// Breaks: LF-8
// Kills: large_folio_coherent.huge_page_moves_to_a_coherent_device: assertion or report or hang
// Kernels: from 6.19: a device has no huge pages before
// In: mm/huge_memory.c: remove_migration_pmd

@@
@@
- folio_is_device_private(folio)
+ folio_is_zone_device(folio)
