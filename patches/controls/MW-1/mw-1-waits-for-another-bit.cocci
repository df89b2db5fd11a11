// SPDX-License-Identifier: GPL-2.0
// Subject: mm: wait for writeback of a page under migration
//
// migration_entry_wait_on_locked() queues for PG_writeback, and the unlock does not
// wake it. Whoever copies it from folio_wait_bit_common() with the wrong caller in
// mind would do this.
//
// Breaks: MW-1
// Kills: migration_wait_fault.fault_sleeps_until_unlock: assertion
// In: mm/filemap.c: softleaf_entry_wait_on_locked | migration_entry_wait_on_locked

@@
@@
- wait_page.bit_nr = PG_locked;
+ wait_page.bit_nr = PG_writeback;
