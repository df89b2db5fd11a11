// SPDX-License-Identifier: GPL-2.0
// Subject: mm: return no address from devm_memremap_pages()
//
// devm_memremap_pages() returns NULL when all went well, and the driver does not get
// to know where its memory is. Somebody who shortens the end of the function, and
// thinks of the error only, would write this.
//
// Breaks: ZD-6
// Kills: zone_device_refusal.devm_pages_go_with_device: assertion
// In: mm/memremap.c: devm_memremap_pages

@@
@@
- if (error)
- 	return ERR_PTR(error);
- return ret;
+ return ERR_PTR(error);
