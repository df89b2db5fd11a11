// SPDX-License-Identifier: GPL-2.0
// Subject: mm: swapoff does not look at the pte again
//
// Somebody may have brought the page back, or unmapped it, while swapoff read
// it.
//
// swapoff() has to end, and does not: the case hangs there.
//
// Breaks: SE-3
// Kills: swap_error_off.swapoff_looks_again_after_its_sleep: hang
// In: mm/swapfile.c: unuse_pte

@@
expression E;
@@
- !pte || !E
+ !pte
