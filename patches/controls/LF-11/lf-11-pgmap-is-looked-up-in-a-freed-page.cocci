// SPDX-License-Identifier: GPL-2.0
// Subject: mm: a freed device page is asked for its pgmap once more
//
// It is the driver's by then, which may have made it a part of a larger folio.
//
// Breaks: LF-11 LF-12
// Kills: large_folio_made.page_is_the_drivers_once_it_is_free: report or assertion
// Kernels: from 6.19: no huge pages on a device before
// In: mm/memremap.c: free_zone_device_folio

@@
@@
- percpu_ref_put_many(&pgmap->ref, nr);
+ percpu_ref_put_many(&folio->pgmap->ref, nr);
