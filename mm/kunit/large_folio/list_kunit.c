// SPDX-License-Identifier: GPL-2.0
/*
 * migrate_pages() with a large folio between small ones. Its results say what
 * has become of each folio.
 */
#include <kunit/test.h>
#include <linux/migrate.h>
#include <linux/mm.h>
#include <linux/pagemap.h>

#include "../../internal.h"
#include "../compat/param.h"
#include "../lib/guard.h"
#include "../lib/large.h"
#include "../lib/mm.h"
#include "mover.h"

/* A small folio before the large one, and one behind it */
#define NR_SMALL	2

/**
 * struct list_way - A large folio on a list
 * @order: of the folio
 * @file: it belongs to tmpfs
 * @mode: of the migration
 */
struct list_way {
	unsigned int order;
	bool file;
	enum migrate_mode mode;
};

static struct list_way list_way;

static const enum migrate_mode modes[] = {
	MIGRATE_ASYNC, MIGRATE_SYNC_LIGHT, MIGRATE_SYNC,
};

static const char * const mode_names[] = { "async", "light", "sync" };

/* Every order, of anonymous memory and of tmpfs, in every mode */
MMK_GEN_PARAMS(list)
{
	static unsigned int mode;

	if (!prev) {
		list_way = (struct list_way){ .order = MMK_MIN_ORDER };
		mode = 0;
	} else if (++mode == ARRAY_SIZE(modes)) {
		mode = 0;
		list_way.order += list_way.file;
		list_way.file = !list_way.file;
	}
	if (list_way.order > MMK_MAX_ORDER)
		return NULL;
	list_way.mode = modes[mode];
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "order %u, %s, %s", list_way.order,
		 list_way.file ? "tmpfs" : "anon", mode_names[mode]);
	return &list_way;
}

/**
 * struct list_scene - A large folio between two small ones
 * @m: the call that moves them
 * @l: the large folio
 * @small: address of the small folios
 * @was: the small folios
 * @before: state of the large folio before
 * @met: its destination has been asked for
 */
struct list_scene {
	struct mover m;
	struct mmk_large l;
	unsigned long small;
	struct folio *was[NR_SMALL];
	struct mmk_large_state *before;
	bool met;
};

static struct list_scene *scene_init(struct kunit *test)
{
	const struct list_way *w = test->param_value;
	struct mm_struct *mm = mmk_mm_enter(test);
	struct list_scene *s;
	unsigned int i;

	s = kunit_kzalloc(test, sizeof(*s), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, s);
	if (w->file)
		mmk_large_map_file(test, &s->l, mm, w->order);
	else
		mmk_large_map(test, &s->l, mm, w->order);
	s->small = mmk_map_anon(test, NR_SMALL);
	mmk_fill(test, s->small, NR_SMALL, MMK_LARGE_SEED);
	for (i = 0; i < NR_SMALL; i++)
		s->was[i] = mmk_pte_folio(test, mm, s->small + i * PAGE_SIZE);
	mover_init(&s->m);
	s->m.private = s;
	return s;
}

/* Isolate the folios, and note their state. */
static void scene_take(struct kunit *test, struct list_scene *s)
{
	s->before = mmk_large_snapshot(test, &s->l);
	mover_add(test, &s->m, s->was[0]);
	mover_add(test, &s->m, s->l.folio);
	mover_add(test, &s->m, s->was[1]);
}

/*
 * Return: pages that have moved. A split may unmap the pages of a file: a fault
 * maps them from the page cache again.
 */
static unsigned int scene_nr_moved(struct kunit *test, struct list_scene *s)
{
	unsigned int i, nr = 0;
	unsigned long addr;
	pte_t pte;

	for (i = 0; i < s->l.nr; i++) {
		addr = s->l.addr + i * PAGE_SIZE;
		pte = mmk_pte(s->l.mm, addr);
		if (pte_none(pte) && s->l.file &&
		    !mmk_fault_in(s->l.mm, addr, true))
			pte = mmk_pte(s->l.mm, addr);
		if (!pte_present(pte)) {
			KUNIT_FAIL(test, "page %u is not mapped", i);
			return 0;
		}
		nr += pte_pfn(pte) != s->before->pfn + i;
	}
	return nr;
}

/**
 * struct list_result - Results of a call
 * @ret: return value
 * @moved: pages moved, the small ones among them
 * @failed: pages that could not be moved
 * @thp_moved: huge pages moved whole
 * @thp_failed: huge pages not moved whole
 * @thp_split: huge pages that failed and were split
 */
struct list_result {
	int ret;
	unsigned int moved;
	unsigned int failed;
	bool thp_moved;
	bool thp_failed;
	bool thp_split;
};

static void expect_result(struct kunit *test, const struct list_scene *s,
			  const struct list_result *r)
{
	const struct mover *m = &s->m;
	bool thp = s->l.order == MMK_MAX_ORDER;

	KUNIT_EXPECT_EQ(test, m->ret, r->ret);
	KUNIT_EXPECT_EQ(test, m->succeeded, r->moved);
	KUNIT_EXPECT_EQ(test, m->events[MOVED], (unsigned long)r->moved);
	KUNIT_EXPECT_EQ(test, m->events[FAILED], (unsigned long)r->failed);
	KUNIT_EXPECT_EQ(test, m->events[THP_MOVED],
			(unsigned long)(thp && r->thp_moved));
	KUNIT_EXPECT_EQ(test, m->events[THP_FAILED],
			(unsigned long)(thp && r->thp_failed));
	KUNIT_EXPECT_EQ(test, m->events[THP_SPLIT_UP],
			(unsigned long)(thp && r->thp_split));
}

/* Put back what has not moved. All bytes are where they were. */
static void scene_end(struct kunit *test, struct list_scene *s)
{
	putback_movable_pages(&s->m.list);
	MMK_EXPECT_HOLDS(test, s->small, NR_SMALL, MMK_LARGE_SEED);
	MMK_EXPECT_HOLDS(test, s->l.addr, s->l.nr, MMK_LARGE_SEED);
}

static void expect_moved_whole(struct kunit *test, struct list_scene *s)
{
	struct folio *from = s->l.folio;
	unsigned int i;

	KUNIT_EXPECT_TRUE(test, list_empty(&s->m.list));
	KUNIT_EXPECT_EQ(test, scene_nr_moved(test, s), s->l.nr);
	s->l.folio = mmk_pte_folio(test, s->l.mm, s->l.addr);
	KUNIT_EXPECT_PTR_NE(test, s->l.folio, from);
	s->before->folio.dirty = true;
	mmk_expect_large_same(test, "moved", &s->l, s->before);
	for (i = 0; s->l.file && i < s->l.nr; i++)
		if (xa_load(&s->l.file->f_mapping->i_pages, i) != s->l.folio)
			break;
	if (s->l.file)
		KUNIT_EXPECT_EQ_MSG(test, i, s->l.nr,
				    "first slot with another folio");
}

/**
 * large_folio_moves_whole() - There is memory of its order
 *
 * The folio moves without a split. Its state and each of its slots in the page
 * cache are as before. Each of its pages counts as moved, and a huge page also
 * counts as one.
 *
 * Contract: LF-1, LF-2, LF-3, LF-7
 */
static void large_folio_moves_whole(struct kunit *test)
{
	const struct list_way *w = test->param_value;
	struct list_scene *s = scene_init(test);
	const struct list_result result = {
		.moved = s->l.nr + NR_SMALL,
		.thp_moved = true,
	};

	scene_take(test, s);
	mover_run(&s->m, w->mode);
	expect_result(test, s, &result);
	KUNIT_EXPECT_EQ(test, s->m.nr_given, 1U + NR_SMALL);
	KUNIT_EXPECT_EQ(test, s->m.nr_back, 0U);
	expect_moved_whole(test, s);
	scene_end(test, s);
}

static void unlock_when_asked_again(struct mover *m, struct folio *src)
{
	struct list_scene *s = m->private;

	if (src != s->l.folio)
		return;
	if (s->met)
		folio_unlock(src);
	s->met = !s->met;
}

/**
 * large_folio_moves_at_second_try() - Locked by another task at the first
 *
 * The first try gives its destination back, and counts nowhere.
 *
 * Contract: LF-3
 */
static void large_folio_moves_at_second_try(struct kunit *test)
{
	const struct list_way *w = test->param_value;
	struct list_scene *s = scene_init(test);
	const struct list_result result = {
		.moved = s->l.nr + NR_SMALL,
		.thp_moved = true,
	};

	s->m.asked = unlock_when_asked_again;
	scene_take(test, s);
	folio_lock(s->l.folio);
	mover_run(&s->m, w->mode);
	expect_result(test, s, &result);
	KUNIT_EXPECT_EQ(test, s->m.nr_given, 2U + NR_SMALL);
	KUNIT_EXPECT_EQ(test, s->m.nr_back, 1U);
	expect_moved_whole(test, s);
	scene_end(test, s);
}

/**
 * pinned_large_folio_stays() - It has an extra reference
 *
 * The folio is not split. It is on the list when the call returns, is mapped as
 * before, and counts as one folio and as all of its pages that failed. The
 * small folios move.
 *
 * Contract: LF-3
 */
static void pinned_large_folio_stays(struct kunit *test)
{
	const struct list_way *w = test->param_value;
	struct list_scene *s = scene_init(test);
	const struct list_result result = {
		.ret = 1,
		.moved = NR_SMALL,
		.failed = s->l.nr,
		.thp_failed = true,
	};

	mmk_folio_get(test, s->l.folio);
	scene_take(test, s);
	mover_run(&s->m, w->mode);
	expect_result(test, s, &result);
	KUNIT_EXPECT_EQ(test, s->m.nr_given, s->m.nr_back + NR_SMALL);
	KUNIT_EXPECT_TRUE(test, list_is_singular(&s->m.list));
	KUNIT_EXPECT_TRUE(test, mover_has(&s->m, s->l.folio));
	scene_end(test, s);
	s->before->folio.dirty = true;
	mmk_expect_large_same(test, "put back", &s->l, s->before);
}

/* The pieces are small folios, each mapped once, moved or not. */
static void expect_pieces(struct kunit *test, struct list_scene *s)
{
	unsigned int i;

	lru_add_drain_all();
	for (i = 0; i < s->l.nr; i++) {
		struct folio *folio = mmk_pte_folio(test, s->l.mm, s->l.addr +
						    i * PAGE_SIZE);

		if (folio_test_large(folio) || folio_mapcount(folio) != 1 ||
		    folio_ref_count(folio) != 1 + !!s->l.file ||
		    !folio_test_lru(folio)) {
			KUNIT_FAIL(test, "page %u: order %u, mapped %d times, %d references",
				   i, folio_order(folio), folio_mapcount(folio),
				   folio_ref_count(folio));
			return;
		}
	}
}

/**
 * large_folio_is_split_and_moves() - There is no memory of its order
 *
 * The folio is split, and each of its pages moves. The call returns 0 and the
 * list is empty, but a huge page does not count as moved.
 *
 * Contract: LF-3
 */
static void large_folio_is_split_and_moves(struct kunit *test)
{
	const struct list_way *w = test->param_value;
	struct list_scene *s = scene_init(test);
	const struct list_result result = {
		.moved = s->l.nr + NR_SMALL,
		.thp_failed = true,
		.thp_split = true,
	};

	s->m.no_large = true;
	scene_take(test, s);
	mover_run(&s->m, w->mode);
	expect_result(test, s, &result);
	KUNIT_EXPECT_EQ(test, s->m.nr_given, s->l.nr + NR_SMALL);
	KUNIT_EXPECT_EQ(test, s->m.nr_back, 0U);
	KUNIT_EXPECT_TRUE(test, list_empty(&s->m.list));
	KUNIT_EXPECT_EQ(test, scene_nr_moved(test, s), s->l.nr);
	expect_pieces(test, s);
	scene_end(test, s);
}

/* A page in the middle gets an extra reference when its turn comes. */
static void hold_a_piece(struct mover *m, struct folio *src)
{
	struct list_scene *s = m->private;

	if (!s->met && folio_pfn(src) == s->before->pfn + s->l.nr / 2 &&
	    !folio_test_large(src)) {
		folio_get(src);
		s->met = true;
	}
}

/**
 * piece_that_cannot_move_stays() - Split, and one page is held
 *
 * All other pages move. The large folio counts as one that failed. The page
 * that is held is on the list, and the caller has to put it back.
 *
 * Contract: LF-3
 */
static void piece_that_cannot_move_stays(struct kunit *test)
{
	const struct list_way *w = test->param_value;
	struct list_scene *s = scene_init(test);
	const struct list_result result = {
		.ret = 1,
		.moved = s->l.nr - 1 + NR_SMALL,
		.failed = 1,
		.thp_failed = true,
		.thp_split = true,
	};
	struct folio *held;

	s->m.no_large = true;
	s->m.asked = hold_a_piece;
	scene_take(test, s);
	mover_run(&s->m, w->mode);
	held = page_folio(pfn_to_page(s->before->pfn + s->l.nr / 2));
	KUNIT_ASSERT_TRUE(test, s->met);
	expect_result(test, s, &result);
	KUNIT_EXPECT_TRUE(test, list_is_singular(&s->m.list));
	KUNIT_EXPECT_TRUE(test, mover_has(&s->m, held));
	KUNIT_EXPECT_EQ(test, scene_nr_moved(test, s), s->l.nr - 1);
	folio_put(held);
	scene_end(test, s);
	expect_pieces(test, s);
}

/**
 * large_folio_that_cannot_be_split_stays() - No memory of its order, and held
 *
 * The call returns -ENOMEM. The folio before it on the list has moved. The
 * large folio, mapped as before, and the one behind it are still on the list.
 *
 * Contract: LF-3
 */
static void large_folio_that_cannot_be_split_stays(struct kunit *test)
{
	const struct list_way *w = test->param_value;
	struct list_scene *s = scene_init(test);
	const struct list_result result = {
		.ret = -ENOMEM,
		.moved = 1,
		.failed = s->l.nr,
		.thp_failed = true,
	};

	s->m.no_large = true;
	mmk_folio_get(test, s->l.folio);
	scene_take(test, s);
	mover_run(&s->m, w->mode);
	expect_result(test, s, &result);
	KUNIT_EXPECT_EQ(test, list_count_nodes(&s->m.list), 2UL);
	KUNIT_EXPECT_TRUE(test, mover_has(&s->m, s->l.folio));
	KUNIT_EXPECT_TRUE(test, mover_has(&s->m, s->was[1]));
	scene_end(test, s);
	mmk_expect_large_same(test, "put back", &s->l, s->before);
}

/* The extra reference goes after the first try to split the folio. */
static void let_go_when_asked_again(struct mover *m, struct folio *src)
{
	struct list_scene *s = m->private;

	if (src != s->l.folio || !folio_test_large(src))
		return;
	if (s->met)
		folio_put(src);
	s->met = !s->met;
}

/* Every order of anonymous memory */
MMK_GEN_PARAMS(order)
{
	if (!prev)
		list_way = (struct list_way){ .order = MMK_MIN_ORDER };
	else
		list_way.order++;
	if (list_way.order > MMK_MAX_ORDER)
		return NULL;
	list_way.mode = MIGRATE_ASYNC;
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "order %u", list_way.order);
	return &list_way;
}

/**
 * split_is_tried_again_for_a_longterm_pin() - There is no memory of its order
 *
 * A folio has to move before it is pinned for long. Its split fails at first,
 * and works at the second try. The first try counts nowhere. A small folio that
 * is held counts as failed.
 *
 * Contract: LF-3
 */
static void split_is_tried_again_for_a_longterm_pin(struct kunit *test)
{
	struct list_scene *s = scene_init(test);
	const struct list_result result = {
		.ret = 2,
		.moved = s->l.nr + 1,
		.failed = 1,
		.thp_failed = true,
		.thp_split = true,
	};

	s->m.no_large = true;
	s->m.reason = MR_LONGTERM_PIN;
	s->m.asked = let_go_when_asked_again;
	mmk_folio_get(test, s->was[0]);
	scene_take(test, s);
	folio_get(s->l.folio);
	mover_run(&s->m, MIGRATE_ASYNC);
	expect_result(test, s, &result);
	KUNIT_EXPECT_TRUE(test, list_is_singular(&s->m.list));
	KUNIT_EXPECT_TRUE(test, mover_has(&s->m, s->was[0]));
	KUNIT_EXPECT_EQ(test, scene_nr_moved(test, s), s->l.nr);
	scene_end(test, s);
}

/* Look at the first destination when the second is asked for. */
static void look_at_the_first(struct mover *m, struct folio *src)
{
	struct list_scene *s = m->private;

	if (m->nr_given == 1 && m->first->mapping)
		s->met = true;
}

/**
 * new_folio_has_no_mapping_until_it_is_moved() - Between unmap and move
 *
 * All folios of a batch are unmapped before the first one moves. A new folio
 * has no mapping until then: without the folio lock, others could look at it.
 *
 * Contract: LF-3
 */
static void new_folio_has_no_mapping_until_it_is_moved(struct kunit *test)
{
	struct list_scene *s = scene_init(test);

	s->m.asked = look_at_the_first;
	scene_take(test, s);
	mover_run(&s->m, MIGRATE_ASYNC);
	KUNIT_EXPECT_EQ(test, s->m.ret, 0);
	KUNIT_EXPECT_FALSE(test, s->met);
	scene_end(test, s);
}

static struct kunit_case large_folio_list_cases[] = {
	KUNIT_CASE_PARAM(large_folio_moves_whole, list_gen_params),
	KUNIT_CASE_PARAM(large_folio_moves_at_second_try, list_gen_params),
	KUNIT_CASE_PARAM(pinned_large_folio_stays, list_gen_params),
	KUNIT_CASE_PARAM(large_folio_is_split_and_moves, list_gen_params),
	KUNIT_CASE_PARAM(piece_that_cannot_move_stays, list_gen_params),
	KUNIT_CASE_PARAM(large_folio_that_cannot_be_split_stays,
			 list_gen_params),
	KUNIT_CASE_PARAM(split_is_tried_again_for_a_longterm_pin,
			 order_gen_params),
	KUNIT_CASE_PARAM(new_folio_has_no_mapping_until_it_is_moved,
			 order_gen_params),
	{}
};

static struct kunit_suite large_folio_list_suite = {
	.name = "large_folio_list",
	.init = mmk_case_init,
	.test_cases = large_folio_list_cases,
};

kunit_test_suite(large_folio_list_suite);
