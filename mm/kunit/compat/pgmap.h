/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Device pages, and how they lead to their pgmap
 */
#ifndef _MM_KUNIT_COMPAT_PGMAP_H
#define _MM_KUNIT_COMPAT_PGMAP_H

#include <linux/memremap.h>
#include <linux/mm.h>

#ifndef MMK_HAVE_PAGE_PGMAP
static inline struct dev_pagemap *page_pgmap(const struct page *page)
{
	return page->pgmap;
}
#endif

/* Whether device pages can be handed out as one folio of an order. */
#ifdef MMK_HAVE_PAGE_INIT_OF_PGMAP
#define MMK_PAGE_INIT_TAKES_ORDER	true

static inline void mmk_zone_device_init(struct page *page, unsigned int order)
{
	zone_device_page_init(page, page_pgmap(page), order);
}

/* Whether pages can be handed out after memunmap_pages() has been called. */
#define MMK_PAGE_INIT_HOLDS_DYING_PGMAP	true
#else
#define MMK_PAGE_INIT_TAKES_ORDER	false

static inline void mmk_zone_device_init(struct page *page, unsigned int order)
{
	WARN_ON(order);
	zone_device_page_init(page);
}

#define MMK_PAGE_INIT_HOLDS_DYING_PGMAP	false
#endif

/*
 * Whether huge pages move to a device, and back, in one piece. With that came that
 * migrate_vma_setup() splits a large folio that ptes map; before, it skips it.
 */
#ifdef MMK_HAVE_VMA_COMPOUND
#define MMK_DEVICE_HAS_HUGE_PAGES	true
#define MMK_SETUP_SPLITS_LARGE		true
#else
#define MMK_DEVICE_HAS_HUGE_PAGES	false
#define MMK_SETUP_SPLITS_LARGE		false
#define MIGRATE_VMA_SELECT_COMPOUND	0
#define MIGRATE_PFN_COMPOUND		0
#endif

/*
 * Whether memremap_pages() refuses folios larger than any can be. It came shortly before
 * huge pages that move to a device.
 */
#ifdef MMK_HAVE_VMA_COMPOUND
#define MMK_REMAP_LIMITS_ORDER
#endif

/* Whether get_dev_pagemap() takes a pgmap that the caller has already. */
#ifdef MMK_HAVE_PGMAP_LOOKUP_CACHE
#define MMK_PGMAP_LOOKUP_CACHES	true

static inline struct dev_pagemap *mmk_get_dev_pagemap(unsigned long pfn)
{
	return get_dev_pagemap(pfn, NULL);
}

static inline struct dev_pagemap *
mmk_get_dev_pagemap_cached(unsigned long pfn, struct dev_pagemap *pgmap)
{
	return get_dev_pagemap(pfn, pgmap);
}
#else
#define MMK_PGMAP_LOOKUP_CACHES	false

static inline struct dev_pagemap *mmk_get_dev_pagemap(unsigned long pfn)
{
	return get_dev_pagemap(pfn);
}

static inline struct dev_pagemap *
mmk_get_dev_pagemap_cached(unsigned long pfn, struct dev_pagemap *pgmap)
{
	return NULL;
}
#endif

/* The free callback of a driver, and its operations */
#ifdef MMK_HAVE_FOLIO_FREE
#define MMK_PGMAP_OPS(_free, _to_ram)					\
	{ .folio_free = _free, .migrate_to_ram = _to_ram }
#define MMK_DEFINE_FOLIO_FREE(_free)
#else
#define MMK_PGMAP_OPS(_free, _to_ram)					\
	{ .page_free = _free##_page, .migrate_to_ram = _to_ram }
#define MMK_DEFINE_FOLIO_FREE(_free)					\
static void _free##_page(struct page *page)				\
{									\
	_free(page_folio(page));					\
}
#endif

/*
 * MMK_GENERIC_CALLS_FREE: whether the driver is told when a GENERIC page comes
 * back.
 *
 * MMK_UNTOLD_PAGE_IS_LEFT: whether a page without a free callback is left as it
 * is.
 *
 * MMK_*_IDLE_REFS: references of an idle page. FS_DAX and P2PDMA pages count
 * from zero since 6.15, see __init_zone_device_page().
 */
#ifdef MMK_HAVE_DAX_PAGE_IS_IDLE
#define MMK_GENERIC_CALLS_FREE	false
#define MMK_UNTOLD_PAGE_IS_LEFT	false
#define MMK_FSDAX_IDLE_REFS	0
#define MMK_P2PDMA_IDLE_REFS	0

/* The variable that tasks wait on for an FS_DAX page to be idle */
static inline void *mmk_fsdax_wait_key(struct page *page)
{
	return page;
}

static inline void mmk_fsdax_page_use(struct page *page)
{
	/* folio_get() does not take the first reference. */
	folio_ref_inc(page_folio(page));
}

/*
 * Count of the static key for FS_DAX pages in put_page(); -1 if there is none
 */
static inline int mmk_nr_devmap_managed(void)
{
	return -1;
}
#else
#define MMK_GENERIC_CALLS_FREE	true
#define MMK_UNTOLD_PAGE_IS_LEFT	true
#define MMK_FSDAX_IDLE_REFS	1
#define MMK_P2PDMA_IDLE_REFS	1

static inline void *mmk_fsdax_wait_key(struct page *page)
{
	return &page_folio(page)->_refcount;
}

static inline void mmk_fsdax_page_use(struct page *page)
{
	get_page(page);
}

static inline int mmk_nr_devmap_managed(void)
{
#ifdef CONFIG_FS_DAX
	return static_key_count(&devmap_managed_key.key);
#else
	return -1;
#endif
}
#endif

/*
 * GENERIC pages, and what pages of other memory than private and coherent hold of their
 * pgmap, as the comments of the kernel say. GENERIC pages have their count reset to one when they
 * are freed; or they have no reference then, and who hands one out takes the first, and one on
 * the pgmap. Free pages hold a reference on the pgmap, or none
 * (Documentation/mm/memory-model.rst).
 *
 * MMK_GENERIC_IDLE_REFS: references of an idle page.
 *
 * MMK_IDLE_PAGE_PGMAP_REFS: those on the pgmap of an idle GENERIC, FS_DAX or P2PDMA page.
 *
 * MMK_GENERIC_USE_PGMAP_REFS: how many more of these a GENERIC page has while it is in use.
 */
#ifdef MMK_HAVE_FIRST_GENERIC_REFERENCE
#define MMK_GENERIC_IDLE_REFS		0
#define MMK_GENERIC_USE_PGMAP_REFS	1L

/* Takes a reference, the first one or not; false if the pgmap is about to go. */
static inline bool mmk_generic_get(struct page *page)
{
	return zone_device_folio_get(page_folio(page), page_pgmap(page));
}
#else
#define MMK_GENERIC_IDLE_REFS		1
#define MMK_GENERIC_USE_PGMAP_REFS	0L

static inline bool mmk_generic_get(struct page *page)
{
	get_page(page);
	return true;
}
#endif

#ifdef MMK_HAVE_FREE_PAGES_WITHOUT_PGMAP
#define MMK_IDLE_PAGE_PGMAP_REFS	0L
#else
#define MMK_IDLE_PAGE_PGMAP_REFS	1L
#endif

/* Where migrate_device_range() takes any pages, wherever they are. */
#ifdef MMK_HAVE_DEVICE_PFNS
#define mmk_migrate_device_pfns(src, nr)	migrate_device_pfns(src, nr)
#else
#define mmk_migrate_device_pfns(src, nr)	((void)(src), (void)(nr), -EOPNOTSUPP)
#endif

/* The operations of a driver that is told of folios that are split, if it is. */
#ifdef MMK_HAVE_FOLIO_SPLIT_CALLBACK
#define MMK_PGMAP_SPLIT_OPS(_free, _to_ram, _split)			\
	{ .folio_free = _free, .migrate_to_ram = _to_ram,		\
	  .folio_split = _split }

/* The page may have been the tail of another folio before. */
static inline void mmk_device_folio_init(struct page *page,
					 struct dev_pagemap *pgmap,
					 unsigned int order)
{
	zone_device_folio_init((struct folio *)page, pgmap, order);
}

static inline void mmk_device_folio_copy(struct folio *tail, struct folio *head)
{
	tail->pgmap = head->pgmap;
	tail->mapping = head->mapping;
}
#else
#define MMK_PGMAP_SPLIT_OPS(_free, _to_ram, ...)	MMK_PGMAP_OPS(_free, _to_ram)

static inline void mmk_device_folio_init(struct page *page,
					 struct dev_pagemap *pgmap,
					 unsigned int order)
{
	mmk_zone_device_init(page, order);
}

static inline void mmk_device_folio_copy(struct folio *tail, struct folio *head)
{
}
#endif

#endif /* _MM_KUNIT_COMPAT_PGMAP_H */
