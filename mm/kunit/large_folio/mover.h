/* SPDX-License-Identifier: GPL-2.0 */
/*
 * migrate_pages() of a list with large folios in it
 */
#ifndef _MM_KUNIT_LARGE_FOLIO_MOVER_H
#define _MM_KUNIT_LARGE_FOLIO_MOVER_H

#include <kunit/test.h>
#include <linux/migrate.h>
#include <linux/mm.h>

/**
 * struct mover - A call of migrate_pages()
 * @list: the folios
 * @reason: why they are moved
 * @no_large: there is no memory of more than one page
 * @no_memory: there is no memory at all
 * @asked: called before each destination that is asked for, or NULL
 * @private: for @asked
 * @nr_new: destinations asked for
 * @nr_given: destinations given
 * @nr_back: destinations given back
 * @first: the first destination
 * @ret: its return value
 * @succeeded: pages that it counts as moved
 * @events: what /proc/vmstat has counted, in the order of enum mover_event
 */
struct mover {
	struct list_head list;
	enum migrate_reason reason;
	bool no_large;
	bool no_memory;
	void (*asked)(struct mover *m, struct folio *src);
	void *private;
	unsigned int nr_new;
	unsigned int nr_given;
	unsigned int nr_back;
	struct folio *first;
	int ret;
	unsigned int succeeded;
	unsigned long events[5];
};

enum mover_event {
	MOVED,
	FAILED,
	THP_MOVED,
	THP_FAILED,
	THP_SPLIT_UP,
	NR_MOVER_EVENTS,
};

void mover_init(struct mover *m);
void mover_add(struct kunit *test, struct mover *m, struct folio *folio);
void mover_run(struct mover *m, enum migrate_mode mode);
bool mover_has(struct mover *m, struct folio *folio);

#endif /* _MM_KUNIT_LARGE_FOLIO_MOVER_H */
