// SPDX-License-Identifier: GPL-2.0
// Subject: mm/shmem: ShmemHugePages does not go down
//
// A huge page that goes to swap in one piece is still counted as one in memory:
// dad2dc9c92e0 ("mm: shmem: fix ShmemHugePages at swapout").
//
// Breaks: TS-1
// Kills: large_swap_tmpfs.file_goes_out_in_one_piece: assertion
// Variants: full
// Kernels: before 6.18: the helpers of counters have other names since
// In: mm/shmem.c: shmem_delete_from_page_cache

@@
@@
- shmem_update_stats(folio, -nr);
+ __lruvec_stat_mod_folio(folio, NR_FILE_PAGES, -nr);
+ __lruvec_stat_mod_folio(folio, NR_SHMEM, -nr);
