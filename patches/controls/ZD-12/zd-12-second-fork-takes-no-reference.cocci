// SPDX-License-Identifier: GPL-2.0
// Subject: mm: count only the first child of a device-private page
//
// copy_nonpresent_pte() takes the reference together with the downgrade of a writable
// entry, and a child that is forked from a readable one has none. Somebody who tidies
// the function up would move it there.
//
// Breaks: ZD-12
// Kills: zone_device_map.fork_shares_device_private_page: assertion
// In: mm/memory.c: copy_nonpresent_pte

@@
@@
- folio_get(folio);
+ if (is_writable_device_private_entry(entry))
+ 	folio_get(folio);
