// SPDX-License-Identifier: GPL-2.0
/*
 * Folios in the swap cache. Large folios are split before they get there, unless the
 * kernel has CONFIG_THP_SWAP, which User-Mode Linux has not.
 */
#include <kunit/test.h>
#include <linux/fs.h>
#include <linux/migrate.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/pagemap.h>
#include <linux/swap.h>

#include "../../internal.h"
#include "../compat/count.h"
#include "../compat/param.h"
#include "../compat/swap.h"
#include "../lib/guard.h"
#include "../lib/mm.h"
#include "../lib/pte.h"
#include "../lib/scene.h"
#include "../lib/swap.h"
#include "mover.h"

#define SEED	0x2d

/**
 * enum origin - How a folio has come to the swap cache
 * @ANON_MAPPED: anonymous, swapped out, and read again by a fault
 * @ANON_WRITTEN: anonymous, swapped out, and kept by a reference
 * @ANON_READ: anonymous, and read, but not by a fault: nothing maps it yet
 * @TMPFS_WRITTEN: of tmpfs, swapped out, and kept by a reference: it has no mapping
 * @NR_ORIGINS: number of them
 */
enum origin {
	ANON_MAPPED,
	ANON_WRITTEN,
	ANON_READ,
	TMPFS_WRITTEN,
	NR_ORIGINS,
};

static const char * const origin_names[] = {
	"anon, mapped", "anon, written", "anon, read ahead", "tmpfs, written",
};

/**
 * struct cached_way - A folio in the swap cache, and a migration
 * @origin: how it got there
 * @mode: of the migration
 * @held: it has an extra reference
 */
struct cached_way {
	enum origin origin;
	enum migrate_mode mode;
	bool held;
};

static struct cached_way cached_way;

static const enum migrate_mode modes[] = {
	MIGRATE_ASYNC, MIGRATE_SYNC_LIGHT, MIGRATE_SYNC,
};

static const char * const mode_names[] = { "async", "light", "sync" };

/* Every origin, in every mode, free and held */
MMK_GEN_PARAMS(cached)
{
	static unsigned int nr;

	nr = prev ? nr + 1 : 0;
	if (nr == NR_ORIGINS * ARRAY_SIZE(modes) * 2)
		return NULL;
	cached_way.held = nr % 2;
	cached_way.mode = modes[nr / 2 % ARRAY_SIZE(modes)];
	cached_way.origin = nr / 2 / ARRAY_SIZE(modes);
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "%s, %s, %s",
		 origin_names[cached_way.origin],
		 mode_names[nr / 2 % ARRAY_SIZE(modes)],
		 cached_way.held ? "held" : "moved");
	return &cached_way;
}

/**
 * struct cached - A folio in the swap cache
 * @mm: current->mm
 * @addr: of its page
 * @folio: the folio
 * @slot: its slot
 * @mapped: whether a pte maps it
 */
struct cached {
	struct mm_struct *mm;
	unsigned long addr;
	struct folio *folio;
	swp_entry_t slot;
	bool mapped;
};

/* Swap the page out; a reference keeps its folio in the swap cache. */
static void cached_write(struct kunit *test, struct cached *c)
{
	c->folio = mmk_pte_folio(test, c->mm, c->addr);
	mmk_folio_get(test, c->folio);
	KUNIT_ASSERT_EQ(test, mmk_pageout(c->addr, PAGE_SIZE), 0);
	folio_wait_writeback(c->folio);
	mmk_folio_put(test, c->folio);
}

/* The same for tmpfs: reclaim does not write a folio with such a reference. */
static void cached_write_file(struct kunit *test, struct cached *c)
{
	struct folio *folio = mmk_pte_folio(test, c->mm, c->addr);

	mmk_folio_get(test, folio);
	KUNIT_ASSERT_EQ(test, do_madvise(c->mm, c->addr, PAGE_SIZE,
					 MADV_DONTNEED), 0);
	folio_lock(folio);
	KUNIT_EXPECT_TRUE(test, folio_clear_dirty_for_io(folio));
	KUNIT_ASSERT_EQ(test, mmk_shmem_write(folio), 0);
	folio_wait_writeback(folio);
	mmk_folio_put(test, folio);
	c->folio = folio;
}

/* Swap the page out, and read it to the swap cache again, without a fault. */
static void cached_read(struct kunit *test, struct cached *c)
{
	softleaf_t entry;

	KUNIT_ASSERT_EQ(test, mmk_pageout(c->addr, PAGE_SIZE), 0);
	MMK_EXPECT_PTE(test, c->mm, c->addr, SWAP);
	entry = softleaf_from_pte(mmk_pte(c->mm, c->addr));
	c->folio = swap_cluster_readahead(entry, GFP_HIGHUSER_MOVABLE,
					  mmk_policy(), 0);
	KUNIT_ASSERT_NOT_NULL(test, c->folio);
	folio_wait_locked(c->folio);
	folio_put(c->folio);
}

static void cached_init(struct kunit *test, struct cached *c,
			enum origin origin)
{
	c->mm = mmk_mm_enter(test);
	mmk_swap_on_slow(test);
	if (origin == TMPFS_WRITTEN)
		c->addr = mmk_mmap(test, mmk_shmem_file(test, 1), PAGE_SIZE,
				   PROT_READ | PROT_WRITE, MAP_SHARED);
	else
		c->addr = mmk_map_anon(test, 1);
	mmk_fill(test, c->addr, 1, SEED);
	if (origin == ANON_READ)
		cached_read(test, c);
	else if (origin == TMPFS_WRITTEN)
		cached_write_file(test, c);
	else
		cached_write(test, c);
	c->mapped = origin == ANON_MAPPED;
	if (c->mapped)
		MMK_EXPECT_HOLDS(test, c->addr, 1, SEED);
	lru_add_drain_all();
	KUNIT_ASSERT_TRUE(test, folio_test_swapcache(c->folio));
	KUNIT_ASSERT_TRUE(test, folio_test_uptodate(c->folio));
	KUNIT_ASSERT_EQ(test, folio_mapped(c->folio), c->mapped);
	KUNIT_ASSERT_EQ(test, folio_ref_count(c->folio), 1 + c->mapped);
	if (origin == TMPFS_WRITTEN)
		KUNIT_ASSERT_NULL(test, c->folio->mapping);
	c->slot = c->folio->swap;
}

/* The slot leads to the folio. */
static void expect_in_cache(struct kunit *test, const struct cached *c,
			    struct folio *folio)
{
	struct folio *found = mmk_swap_cache_get(c->slot);

	KUNIT_EXPECT_PTR_EQ(test, found, folio);
	if (!IS_ERR_OR_NULL(found))
		folio_put(found);
	KUNIT_EXPECT_TRUE(test, folio_test_swapcache(folio));
	KUNIT_EXPECT_EQ(test, folio->swap.val, c->slot.val);
	KUNIT_EXPECT_EQ(test, folio_mapped(folio), c->mapped);
	KUNIT_EXPECT_EQ(test, folio_ref_count(folio), 1 + c->mapped);
	KUNIT_EXPECT_TRUE(test, folio_test_lru(folio));
	KUNIT_EXPECT_FALSE(test, folio_test_locked(folio));
}

/**
 * folio_in_the_swap_cache_moves() - With a mapping or without
 *
 * The reference of the swap cache is no reason to stay, whether the folio is mapped or
 * not, anonymous or of tmpfs. The slot leads to the new folio, which has that
 * reference, and the old one is free. With another reference the folio stays in the
 * swap cache, and counts as one that failed. Either way, the bytes are found at the
 * address.
 *
 * Contract: LF-7, LF-3
 */
static void folio_in_the_swap_cache_moves(struct kunit *test)
{
	const struct cached_way *w = test->param_value;
	struct cached c;
	struct mover m;
	long cached;

	cached_init(test, &c, w->origin);
	cached = mmk_node_page_state(NR_SWAPCACHE);
	mover_init(&m);
	mover_add(test, &m, c.folio);
	if (w->held)
		folio_get(c.folio);
	mover_run(&m, w->mode);
	KUNIT_EXPECT_EQ(test, m.ret, w->held);
	KUNIT_EXPECT_EQ(test, m.succeeded, !w->held);
	KUNIT_EXPECT_EQ(test, m.events[MOVED], (unsigned long)!w->held);
	KUNIT_EXPECT_EQ(test, m.events[FAILED], (unsigned long)w->held);
	KUNIT_EXPECT_EQ(test, list_empty(&m.list), !w->held);
	putback_movable_pages(&m.list);
	if (w->held)
		folio_put(c.folio);
	lru_add_drain_all();
	KUNIT_EXPECT_EQ(test, mmk_node_page_state(NR_SWAPCACHE), cached);
	if (w->held) {
		expect_in_cache(test, &c, c.folio);
	} else if (!m.ret) {
		KUNIT_EXPECT_EQ(test, folio_ref_count(c.folio), 0);
		expect_in_cache(test, &c, m.first);
	}
	MMK_EXPECT_HOLDS(test, c.addr, 1, SEED);
}

static struct kunit_case large_folio_swapped_cases[] = {
	KUNIT_CASE_PARAM(folio_in_the_swap_cache_moves, cached_gen_params),
	{}
};

static struct kunit_suite large_folio_swapped_suite = {
	.name = "large_folio_swapped",
	.init = mmk_case_init,
	.test_cases = large_folio_swapped_cases,
};

kunit_test_suite(large_folio_swapped_suite);
