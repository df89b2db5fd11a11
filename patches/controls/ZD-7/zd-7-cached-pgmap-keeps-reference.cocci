// SPDX-License-Identifier: GPL-2.0
// Subject: mm: keep the reference on a cached pgmap that does not fit
//
// get_dev_pagemap() looks up the pgmap of a pfn that the one at hand does not cover,
// and never gives the old one back: its driver cannot unload. Whoever returns what the
// lookup finds as soon as possible would forget this.
//
// Breaks: ZD-7
// Kills: zone_device_pgmap.cached_lookup_moves_reference: assertion
// In: mm/memremap.c: get_dev_pagemap
// Kernels: before 6.18: get_dev_pagemap() is given no pgmap since

@@
@@
- put_dev_pagemap(pgmap);
