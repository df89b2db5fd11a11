// SPDX-License-Identifier: GPL-2.0
// Subject: mm: map device memory of an unknown type without a word
//
// memremap_pages() no longer WARNs of a type that it does not know. Whoever adds a
// type of memory that needs no checks would drop the default with the list of those
// that do not either.
//
// Breaks: ZD-6
// Kills: zone_device_refusal.unknown_type_warns: assertion
// In: mm/memremap.c: memremap_pages

@@
@@
- WARN(1, "Invalid pgmap type %d\n", pgmap->type);
