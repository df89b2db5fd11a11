// SPDX-License-Identifier: GPL-2.0
// Subject: mm: copy a device-private entry without a reference
//
// copy_nonpresent_pte() gives the child a mapping of the device-private page, but no
// reference. Somebody who thinks that folio_try_dup_anon_rmap_pte() takes it would do
// this.
//
// Breaks: ZD-12
// Kills: zone_device_map.fork_shares_device_private_page: assertion
// In: mm/memory.c: copy_nonpresent_pte

@@
@@
- folio_get(folio);
