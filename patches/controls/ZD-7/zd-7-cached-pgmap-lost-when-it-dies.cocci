// SPDX-License-Identifier: GPL-2.0
// Subject: mm: take a cached pgmap away that is dying
//
// get_dev_pagemap() gives the reference of a walker back as soon as memunmap_pages()
// has been called, and the walker loses the pages that it has reached. Somebody who
// wants no new users of a dying pgmap would do this: the walker is an old one.
//
// Breaks: ZD-7
// Kills: zone_device_refusal.dying_pgmap_stays_cached: assertion
// In: mm/memremap.c: get_dev_pagemap
// Kernels: before 6.18: get_dev_pagemap() is given no pgmap since

@@
@@
- phys >= pgmap->range.start && phys <= pgmap->range.end
+ phys >= pgmap->range.start && phys <= pgmap->range.end &&
+ 	    !percpu_ref_is_dying(&pgmap->ref)
