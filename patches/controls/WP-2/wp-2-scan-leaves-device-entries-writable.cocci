// SPDX-License-Identifier: GPL-2.0
// Subject: fs/proc: PAGEMAP_SCAN protects a device entry that stays writable
//
// The driver may believe that the page is writable.
//
// Breaks: WP-2, WP-1
// Kills: soft_bits_scan.scan_protects_what_was_written: assertion
// In: fs/proc/task_mmu.c: make_readable_entry

@@
expression E;
@@
(
- is_writable_device_private_entry(E)
+ false
|
- softleaf_is_device_private_write(E)
+ false
)
