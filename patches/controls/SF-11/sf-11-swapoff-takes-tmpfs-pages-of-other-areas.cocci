// SPDX-License-Identifier: GPL-2.0
// Subject: mm: swapoff brings pages of tmpfs back from all areas
//
// A file may have pages in other areas as well.
//
// Breaks: SF-11
// Kills: swap_fault_tmpfs.swapoff_leaves_tmpfs_of_other_areas_alone: assertion
// In: mm/shmem.c: shmem_find_swap_entries

@@
@@
- swp_type(entry) != type
+ false
