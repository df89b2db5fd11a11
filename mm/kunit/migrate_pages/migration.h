/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A list of folios, and migrate_pages() on it
 */
#ifndef _MM_KUNIT_MIGRATE_PAGES_MIGRATION_H
#define _MM_KUNIT_MIGRATE_PAGES_MIGRATION_H

#include <kunit/test.h>
#include <linux/mm.h>
#include <linux/rmap.h>
#include <linux/swap.h>
#include <linux/vmstat.h>

/**
 * struct migration - A call of migrate_pages()
 * @list: the folios
 * @nr_new: calls of get_new_folio
 * @nr_returned: calls of put_new_folio
 * @max_new: after so many, get_new_folio fails
 * @src: the first folios that got a destination
 * @dst: their destinations
 */
struct migration {
	struct list_head list;
	unsigned int nr_new;
	unsigned int nr_returned;
	unsigned int max_new;
	struct folio *src[4];
	struct folio *dst[4];
};

static inline void mp_init(struct migration *m)
{
	memset(m, 0, sizeof(*m));
	INIT_LIST_HEAD(&m->list);
	m->max_new = UINT_MAX;
}

static inline void mp_add(struct kunit *test, struct migration *m,
			  struct folio *folio)
{
	lru_add_drain_all();
	KUNIT_ASSERT_TRUE(test, isolate_folio_to_list(folio, &m->list));
}

int mp_run(struct migration *m, enum migrate_mode mode,
	   unsigned int *succeeded);

/* References on the anon_vma, which is pinned during a migration */
static inline int anon_vma_refs(struct folio *folio)
{
	return folio_test_anon(folio) ?
	       atomic_read(&folio_anon_vma(folio)->refcount) : 0;
}

#endif /* _MM_KUNIT_MIGRATE_PAGES_MIGRATION_H */
