// SPDX-License-Identifier: GPL-2.0
// Subject: mm: smaps of swapped tmpfs gives up the CPU with the page table lock held
//
// A single slot is looked up as a range would be, and the look-up gives up the
// CPU when it is asked to.
//
// Breaks: SF-11
// Kills: swap_error_smaps.smaps_of_swapped_tmpfs_does_not_sleep: assertion
// In: mm/shmem.c: shmem_partial_swap_usage

@@
@@
- if (xas.xa_index == max)
- 	break;
