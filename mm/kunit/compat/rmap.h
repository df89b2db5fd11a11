/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Unmapping and restoring
 */
#ifndef _MM_KUNIT_COMPAT_RMAP_H
#define _MM_KUNIT_COMPAT_RMAP_H

#include <linux/mm.h>
#include <linux/rmap.h>

/* The flags of remove_migration_ptes() */
#ifdef MMK_HAVE_RMP_FLAGS
#define TTU_USE_SHARED_ZEROPAGE	RMP_USE_SHARED_ZEROPAGE
#define MMK_REMOVE_RMAP_LOCKED	RMP_LOCKED
#else
#define MMK_REMOVE_RMAP_LOCKED	TTU_RMAP_LOCKED
#endif

/* What folio_referenced() gives back the flags of all VMAs in. */
#ifdef MMK_HAVE_REFERENCED_VMA_FLAGS
#define mmk_vma_flags_t		vma_flags_t
#else
#define mmk_vma_flags_t		vm_flags_t
#endif

#ifndef FOLIO_MAPPING_ANON
#define FOLIO_MAPPING_ANON	PAGE_MAPPING_ANON
#endif

/* Returns a page of a locked folio, with a reference; or NULL. */
static inline struct page *mmk_make_device_exclusive(struct mm_struct *mm,
						     unsigned long addr,
						     void *owner)
{
#ifdef MMK_HAVE_DEVICE_EXCLUSIVE_RANGE
	struct page *page = NULL;

	make_device_exclusive_range(mm, addr, addr + PAGE_SIZE, &page, owner);
	return page;
#else
	struct folio *folio;
	struct page *page = make_device_exclusive(mm, addr, owner, &folio);

	return IS_ERR(page) ? NULL : page;
#endif
}

/* The MMU notifier event when the exclusive access of a device ends */
#ifdef MMK_HAVE_DEVICE_EXCLUSIVE_RANGE
#define MMK_NOTIFY_EXCLUSIVE_ENDS	MMU_NOTIFY_EXCLUSIVE
#else
#define MMK_NOTIFY_EXCLUSIVE_ENDS	MMU_NOTIFY_CLEAR
#endif

#endif /* _MM_KUNIT_COMPAT_RMAP_H */
