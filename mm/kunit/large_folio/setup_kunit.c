// SPDX-License-Identifier: GPL-2.0
/*
 * migrate_vma_setup() and large folios of which a driver wants all or a part.
 */
#include <kunit/test.h>
#include <linux/migrate.h>
#include <linux/mm.h>
#include <linux/pagemap.h>

#include "../../internal.h"
#include "../compat/param.h"
#include "../compat/pgmap.h"
#include "../lib/device.h"
#include "../lib/guard.h"
#include "../lib/large.h"
#include "../lib/migrate.h"
#include "../lib/mm.h"
#include "../lib/task.h"

/**
 * enum span - What a driver wants
 * @WHOLE: all of a folio
 * @HEAD: its first half
 * @MIDDLE: its second and third quarter
 * @TAIL: its second half
 * @ACROSS: the second half of a folio and the first of the next one
 * @NR_RANGES: how many there are
 */
enum span { WHOLE, HEAD, MIDDLE, TAIL, ACROSS, NR_RANGES };

static const char * const range_names[] = {
	"whole", "head", "middle", "tail", "across two",
};

/**
 * enum state - What keeps a folio from being split; the second one, of two
 * @FREE: nothing
 * @HELD: somebody has a reference
 * @PINNED: it is pinned for DMA
 * @LOCKED: somebody has locked it
 * @NR_STATES: how many there are
 */
enum state { FREE, HELD, PINNED, LOCKED, NR_STATES };

static const char * const state_names[] = { "free", "held", "pinned", "locked" };

/**
 * struct setup_way - A driver and a large folio
 * @order: of the folio
 * @range: what the driver wants of it
 * @state: what keeps it from that
 */
struct setup_way {
	unsigned int order;
	enum span range;
	enum state state;
};

static struct setup_way setup_way;

/* Every order, range and state */
MMK_GEN_PARAMS(setup)
{
	if (!prev) {
		setup_way = (struct setup_way){ .order = MMK_MIN_ORDER };
	} else if (++setup_way.state == NR_STATES) {
		setup_way.state = FREE;
		if (++setup_way.range == NR_RANGES) {
			setup_way.range = WHOLE;
			setup_way.order++;
		}
	}
	if (setup_way.order > MMK_MAX_ORDER)
		return NULL;
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "order %u, %s, %s",
		 setup_way.order, range_names[setup_way.range],
		 state_names[setup_way.state]);
	return &setup_way;
}

/**
 * struct wanted - One or two folios, and what a driver wants of them
 * @l: the folios, one behind the other
 * @nr_folios: how many
 * @before: their states
 * @first: page that the driver wants first, counted from the first folio's
 * @nr: how many pages it wants
 * @m: its call
 * @task: that calls
 * @ret: what it has returned
 */
struct wanted {
	struct mmk_large l[2];
	unsigned int nr_folios;
	struct mmk_large_state *before[2];
	unsigned int first;
	unsigned int nr;
	struct mmk_vma *m;
	struct mmk_task *task;
	int ret;
};

/* Two neighbouring folios of an order: the second where the first one ends */
static void wanted_map(struct kunit *test, struct wanted *w, unsigned int order)
{
	struct mm_struct *mm = mmk_mm_enter(test);
	size_t size = PAGE_SIZE << order;
	unsigned int i;

	mmk_large_map_row(test, w->l, w->nr_folios, mm, order);
	for (i = 1; i < w->nr_folios; i++)
		KUNIT_ASSERT_EQ(test, w->l[i].addr, w->l[i - 1].addr + size);
}

static struct wanted *wanted_init(struct kunit *test, struct mmk_dev *dev,
				  const struct setup_way *s)
{
	unsigned int nr = 1U << s->order;
	struct wanted *w;
	unsigned int i;

	w = kunit_kzalloc(test, sizeof(*w), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, w);
	w->nr_folios = s->range == ACROSS ? 2 : 1;
	w->first = s->range == MIDDLE ? nr / 4 :
		   s->range == TAIL || s->range == ACROSS ? nr / 2 : 0;
	w->nr = s->range == WHOLE || s->range == ACROSS ? nr : nr / 2;
	wanted_map(test, w, s->order);
	w->m = mmk_vma_alloc(test, w->l[0].mm,
			     w->l[0].addr + w->first * PAGE_SIZE, w->nr,
			     MIGRATE_VMA_SELECT_SYSTEM, dev);
	for (i = 0; i < w->nr_folios; i++)
		w->before[i] = mmk_large_snapshot(test, &w->l[i]);
	return w;
}

/* Whether the driver has got a page: which folio is of that, and can be split? */
static bool wanted_gets(const struct wanted *w, const struct setup_way *s,
			unsigned int page)
{
	unsigned int busy = w->nr_folios - 1;

	if (!MMK_SETUP_SPLITS_LARGE)
		return false;
	return s->state == FREE || page / w->l[0].nr != busy;
}

struct setup_task {
	struct mmk_task task;
	struct wanted *w;
};

static void setup_main(struct mmk_task *task)
{
	struct setup_task *t = container_of(task, struct setup_task, task);

	t->w->ret = mmk_vma_setup(t->w->m);
}

/* Call setup in a task; if it sleeps, let it go on, and say so. */
static bool setup_sleeps(struct kunit *test, struct wanted *w,
			 struct folio *busy)
{
	struct setup_task *t = mmk_task_alloc(test, sizeof(*t), w->l[0].mm,
					      setup_main);
	bool sleeps;

	t->w = w;
	mmk_task_start(&t->task);
	sleeps = mmk_task_sleeps_in(&t->task, "folio_wait_bit_common");
	folio_unlock(busy);
	KUNIT_ASSERT_TRUE(test, mmk_task_join(&t->task));
	return sleeps;
}

/* What the driver has got, page by page */
static void expect_collected(struct kunit *test, const struct wanted *w,
			     const struct setup_way *s)
{
	const struct mmk_vma *m = w->m;
	unsigned int i, cpages = 0;

	KUNIT_EXPECT_EQ(test, m->args.npages, (unsigned long)w->nr);
	KUNIT_EXPECT_EQ(test, mmk_vma_overrun(m), 0U);
	for (i = 0; i < w->nr; i++) {
		unsigned int page = w->first + i, f = page / w->l[0].nr;
		unsigned long pfn = w->before[f]->pfn + page % w->l[0].nr;
		unsigned long wanted = 0;

		if (wanted_gets(w, s, page)) {
			wanted = migrate_pfn(pfn) | MIGRATE_PFN_MIGRATE |
				 MIGRATE_PFN_WRITE;
			cpages++;
		}
		if (m->src[i] != wanted || m->dst[i]) {
			KUNIT_FAIL(test, "page %u: src is %#lx, should be %#lx",
				   page, m->src[i], wanted);
			break;
		}
	}
	KUNIT_EXPECT_EQ(test, m->args.cpages, (unsigned long)cpages);
}

/* A page of a folio that has been split: collected, or mapped as before */
static bool piece_right(const struct wanted *w, unsigned int page, bool got)
{
	unsigned int f = page / w->l[0].nr;
	unsigned long addr = w->l[0].addr + page * PAGE_SIZE;
	unsigned long pfn = w->before[f]->pfn + page % w->l[0].nr;
	struct folio *folio = page_folio(pfn_to_page(pfn));
	pte_t pte = mmk_pte(w->l[0].mm, addr);

	if (folio_test_large(folio) || folio_ref_count(folio) != 1 ||
	    folio_test_locked(folio) != got)
		return false;
	if (got)
		return mmk_pte_classify(pte) == MMK_PTE_MIGRATION_WRITE;
	return pte_present(pte) && pte_pfn(pte) == pfn && pte_write(pte) &&
	       folio_mapcount(folio) == 1;
}

static void expect_pieces(struct kunit *test, const struct wanted *w,
			  const struct setup_way *s)
{
	unsigned int i, nr = w->l[0].nr;
	bool got;

	for (i = 0; i < nr * w->nr_folios; i++) {
		if (!wanted_gets(w, s, i))
			continue;
		got = i >= w->first && i < w->first + w->nr;
		if (!piece_right(w, i, got)) {
			KUNIT_FAIL(test, "page %u, which %s collected, is not right",
				   i, got ? "was" : "was not");
			return;
		}
	}
}

/**
 * driver_gets_what_can_be_split() - A large folio that ptes map
 *
 * The driver wants all of it, or a part, or parts of two. Where the kernel splits it,
 * each page that was asked for is collected, and each other is mapped as before by a
 * folio of its own. What somebody holds, has pinned or locked is not split: nothing
 * of it is collected, it is not waited for, and is as before, its references least of
 * all. Nothing is written behind the arrays.
 *
 * Contract: LF-5
 */
static void driver_gets_what_can_be_split(struct kunit *test)
{
	const struct setup_way *s = test->param_value;
	struct mmk_dev *dev = mmk_dev_create(test, MEMORY_DEVICE_PRIVATE);
	struct page *pinned = NULL;
	struct folio *busy;
	struct wanted *w;
	unsigned int i;

	w = wanted_init(test, dev, s);
	i = w->nr_folios - 1;
	busy = w->l[i].folio;
	if (s->state == PINNED)
		pinned = mmk_pin(test, w->l[i].addr, FOLL_WRITE);
	else if (s->state == HELD)
		mmk_folio_get(test, busy);
	if (s->state == LOCKED) {
		folio_lock(busy);
		KUNIT_EXPECT_FALSE(test, setup_sleeps(test, w, busy));
	} else {
		w->ret = mmk_vma_setup(w->m);
	}
	KUNIT_ASSERT_EQ(test, w->ret, 0);
	expect_collected(test, w, s);
	lru_add_drain_all();
	expect_pieces(test, w, s);
	mmk_vma_finalize(w->m);
	if (s->state == HELD)
		mmk_folio_put(test, busy);
	if (pinned)
		mmk_unpin(test, pinned);
	if (s->state != FREE || !MMK_SETUP_SPLITS_LARGE) {
		KUNIT_ASSERT_EQ(test, folio_order(w->l[i].folio), s->order);
		/* Of two, the first may have been split. */
		memcpy(w->before[i]->counters,
		       mmk_large_snapshot(test, &w->l[i])->counters,
		       sizeof(w->before[i]->counters));
		mmk_expect_large_same(test, "refused", &w->l[i], w->before[i]);
	}
	MMK_EXPECT_HOLDS(test, w->l[0].addr, w->nr_folios * w->l[0].nr,
			 MMK_LARGE_SEED);
}

static struct kunit_case large_folio_setup_cases[] = {
	KUNIT_CASE_PARAM(driver_gets_what_can_be_split, setup_gen_params),
	{}
};

static struct kunit_suite large_folio_setup_suite = {
	.name = "large_folio_setup",
	.init = mmk_case_init,
	.test_cases = large_folio_setup_cases,
};

kunit_test_suite(large_folio_setup_suite);
