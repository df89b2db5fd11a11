/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Entries in page tables
 *
 * A softleaf is a pte that is neither none nor present. Up to 6.18 it is called
 * a swap entry. Some stable kernels have some of the new names.
 */
#ifndef _MM_KUNIT_COMPAT_LEAF_H
#define _MM_KUNIT_COMPAT_LEAF_H

#include <linux/swap.h>
#include <linux/swapops.h>

#if __has_include("linux/leafops.h")
#include <linux/leafops.h>

#else
#undef softleaf_t
#define softleaf_t swp_entry_t
#undef softleaf_from_pte
#define softleaf_from_pte(pte) pte_to_swp_entry(pte)
#undef softleaf_to_pte
#define softleaf_to_pte(entry) swp_entry_to_pte(entry)
#undef softleaf_is_swap
#define softleaf_is_swap(entry) (!non_swap_entry(entry))
#undef softleaf_is_migration
#define softleaf_is_migration(entry) is_migration_entry(entry)
#undef softleaf_is_migration_write
#define softleaf_is_migration_write(entry) is_writable_migration_entry(entry)
#undef softleaf_is_migration_read
#define softleaf_is_migration_read(entry) is_readable_migration_entry(entry)
#undef softleaf_is_migration_read_exclusive
#define softleaf_is_migration_read_exclusive(entry) \
	is_readable_exclusive_migration_entry(entry)
#undef softleaf_is_migration_young
#define softleaf_is_migration_young(entry) is_migration_entry_young(entry)
#undef softleaf_is_migration_dirty
#define softleaf_is_migration_dirty(entry) is_migration_entry_dirty(entry)
#undef softleaf_is_device_private
#define softleaf_is_device_private(entry) is_device_private_entry(entry)
#undef softleaf_is_device_private_write
#define softleaf_is_device_private_write(entry) \
	is_writable_device_private_entry(entry)
#undef softleaf_is_device_exclusive
#define softleaf_is_device_exclusive(entry) is_device_exclusive_entry(entry)
#undef softleaf_is_hwpoison
#define softleaf_is_hwpoison(entry) is_hwpoison_entry(entry)
#undef softleaf_is_marker
#define softleaf_is_marker(entry) is_pte_marker_entry(entry)
#undef softleaf_from_pmd
#define softleaf_from_pmd(pmd) pmd_to_swp_entry(pmd)
#undef pmd_is_migration_entry
#define pmd_is_migration_entry(pmd) is_pmd_migration_entry(pmd)
#undef softleaf_has_pfn
#define softleaf_has_pfn(entry) is_pfn_swap_entry(entry)
#undef softleaf_to_pfn
#define softleaf_to_pfn(entry) swp_offset_pfn(entry)
#undef softleaf_to_page
#define softleaf_to_page(entry) pfn_swap_entry_to_page(entry)
#undef softleaf_to_folio
#define softleaf_to_folio(entry) pfn_swap_entry_folio(entry)
#endif

/* The entry of a page that is lost, which need not be locked for once */
#ifdef CONFIG_MEMORY_FAILURE
#define mmk_hwpoison_entry(page)	swp_entry(SWP_HWPOISON, page_to_pfn(page))
#else
#define mmk_hwpoison_entry(page)	swp_entry(0, 0)
#endif

/* A function on the stack of a task that waits for an entry */
#ifdef MMK_HAVE_ENTRY_WAIT_OF_SOFTLEAF
#define MMK_ENTRY_WAIT_SYMBOL	"softleaf_entry_wait_on_locked"
#else
#undef softleaf_entry_wait_on_locked
#define softleaf_entry_wait_on_locked(entry, ptl) \
	migration_entry_wait_on_locked(entry, ptl)

#define MMK_ENTRY_WAIT_SYMBOL	"migration_entry_wait_on_locked"
#endif

#endif /* _MM_KUNIT_COMPAT_LEAF_H */
