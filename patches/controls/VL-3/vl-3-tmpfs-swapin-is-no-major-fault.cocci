// SPDX-License-Identifier: GPL-2.0
// Subject: mm: a fault that reads a page of tmpfs from swap is not counted
//
// What reads from a disk is a major fault.
//
// Breaks: VL-3
// Kills: vma_life_fault.fault_counts_once: assertion
// In: mm/shmem.c: shmem_swapin_folio

@@
@@
- count_vm_event(PGMAJFAULT);
