// SPDX-License-Identifier: GPL-2.0
// Subject: mm: mprotect() protects holes of a file that is watched
//
// What is not there gets a marker, whoever changes the protection.
//
// Breaks: WP-1
// Kills: soft_bits_marker.mprotect_protects_no_hole: assertion
// In: mm/mprotect.c: change_pte_range

@@
@@
(
- !uffd_wp
+ false
|
- !uffd_prot
+ false
)
