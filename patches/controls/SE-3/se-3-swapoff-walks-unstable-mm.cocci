// SPDX-License-Identifier: GPL-2.0
// Subject: mm: swapoff walks an address space that is not stable
//
// A fork() that has failed half-way leaves something in the tree that is no
// VMA.
//
// Breaks: SE-3
// Kills: swap_error_off.swapoff_leaves_unstable_mm_alone: assertion
// In: mm/swapfile.c: unuse_mm

@@
@@
- check_stable_address_space(mm)
+ false
