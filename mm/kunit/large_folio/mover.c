// SPDX-License-Identifier: GPL-2.0
/*
 * migrate_pages() of a list with large folios in it.
 */
#include <kunit/test.h>
#include <linux/migrate.h>
#include <linux/mm.h>
#include <linux/swap.h>

#include "../../internal.h"
#include "../lib/snapshot.h"
#include "mover.h"

static struct folio *mover_new(struct folio *src, unsigned long private)
{
	struct mover *m = (struct mover *)private;
	struct folio *dst;

	m->nr_new++;
	if (m->asked)
		m->asked(m, src);
	if (m->no_memory || (m->no_large && folio_test_large(src)))
		return NULL;
	dst = folio_alloc(GFP_HIGHUSER_MOVABLE, folio_order(src));
	if (!dst)
		return NULL;
	if (!m->nr_given++)
		m->first = dst;
	return dst;
}

static void mover_put(struct folio *dst, unsigned long private)
{
	struct mover *m = (struct mover *)private;

	m->nr_back++;
	folio_put(dst);
}

/* An empty list, and memory of every order */
void mover_init(struct mover *m)
{
	memset(m, 0, sizeof(*m));
	INIT_LIST_HEAD(&m->list);
	m->reason = MR_SYSCALL;
}

/* Isolate a folio, and put it at the end of the list */
void mover_add(struct kunit *test, struct mover *m, struct folio *folio)
{
	LIST_HEAD(one);

	lru_add_drain_all();
	KUNIT_ASSERT_TRUE(test, isolate_folio_to_list(folio, &one));
	list_splice_tail(&one, &m->list);
}

static void mover_count(unsigned long *events)
{
	static const enum vm_event_item items[NR_MOVER_EVENTS] = {
		[MOVED]		= PGMIGRATE_SUCCESS,
		[FAILED]	= PGMIGRATE_FAIL,
		[THP_MOVED]	= THP_MIGRATION_SUCCESS,
		[THP_FAILED]	= THP_MIGRATION_FAIL,
		[THP_SPLIT_UP]	= THP_MIGRATION_SPLIT,
	};
	unsigned int i;

	for (i = 0; i < NR_MOVER_EVENTS; i++)
		events[i] = mmk_vm_event(items[i]) - events[i];
}

/* migrate_pages(), and what it has counted */
void mover_run(struct mover *m, enum migrate_mode mode)
{
	memset(m->events, 0, sizeof(m->events));
	mover_count(m->events);
	m->ret = migrate_pages(&m->list, mover_new, mover_put, (unsigned long)m,
			       mode, m->reason, &m->succeeded);
	mover_count(m->events);
}

/* Whether a folio is on the list, once */
bool mover_has(struct mover *m, struct folio *folio)
{
	struct folio *each;
	unsigned int nr = 0;

	list_for_each_entry(each, &m->list, lru)
		nr += each == folio;
	return nr == 1;
}
