/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Pages of a driver that can be migrated: no page is on the LRU, or mapped
 */
#ifndef _MM_KUNIT_COMPAT_MOVABLE_H
#define _MM_KUNIT_COMPAT_MOVABLE_H

#include <linux/migrate.h>
#include <linux/mm.h>
#include <linux/page-flags.h>
#include <linux/pagemap.h>

#ifdef MMK_HAVE_SET_MOVABLE_OPS
/* Says who can move such pages; NULL: nobody. Returns 0 or an error. */
static inline int mmk_movable_ops(const struct movable_operations *ops)
{
	return set_movable_ops(ops, PGTY_offline);
}

/* A locked page that nobody else knows becomes one; it is one until it is free */
static inline void mmk_movable_set(struct page *page,
				   const struct movable_operations *ops)
{
	__folio_set_offline(page_folio(page));
	SetPageMovableOps(page);
}

/* A locked page is about to be dropped by its driver. */
static inline void mmk_movable_drop(struct page *page)
{
}

/* Whether somebody can move a page, which is not locked */
static inline bool mmk_movable_is(struct page *page)
{
	return page_has_movable_ops(page);
}

static inline bool mmk_movable_isolated(struct page *page)
{
	return PageMovableOpsIsolated(page);
}

static inline bool mmk_movable_isolate(struct page *page)
{
	return isolate_movable_ops_page(page, 0);
}
#else
static inline int mmk_movable_ops(const struct movable_operations *ops)
{
	return 0;
}

static inline void mmk_movable_set(struct page *page,
				   const struct movable_operations *ops)
{
	__SetPageMovable(page, ops);
}

static inline void mmk_movable_drop(struct page *page)
{
	__ClearPageMovable(page);
}

static inline bool mmk_movable_is(struct page *page)
{
	bool movable;

	lock_page(page);
	movable = PageMovable(page);
	unlock_page(page);
	return movable;
}

static inline bool mmk_movable_isolated(struct page *page)
{
	return PageIsolated(page);
}

static inline bool mmk_movable_isolate(struct page *page)
{
	return isolate_movable_page(page, 0);
}
#endif

#endif /* _MM_KUNIT_COMPAT_MOVABLE_H */
