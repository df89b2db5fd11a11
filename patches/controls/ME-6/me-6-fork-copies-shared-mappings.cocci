// SPDX-License-Identifier: GPL-2.0
// Subject: mm: fork() copies the ptes of all mappings
//
// A child gets the entries of an ordinary shared mapping, although its faults would find the
// pages. Somebody who looks for a fault fewer would do this.
//
// Breaks: ME-6, ME-12
// Kills: migration_entry_fork.fork_skips_shared_mapping: assertion
// In: mm/memory.c: vma_needs_copy

@@
@@
- return false;
+ return true;
