// SPDX-License-Identifier: GPL-2.0
/*
 * A page that has been swapped out, its area, and the locks of its fault.
 */
#include <kunit/test.h>
#include <linux/mm.h>
#include <linux/rmap.h>
#include <linux/slab.h>
#include <linux/swap.h>
#include <linux/swapops.h>

#include "../../internal.h"
#include "../../swap.h"
#include "../compat/leaf.h"
#include "../compat/swap.h"
#include "../compat/vma.h"
#include "../lib/mm.h"
#include "../lib/pte.h"
#include "../lib/snapshot.h"
#include "../lib/swap.h"
#include "../lib/task.h"
#include "swapped.h"

/*
 * A deferred action; lock_folio() and unlock_folio() have to use the same one.
 */
void sf_release_lock(void *folio)
{
	folio_unlock(folio);
}

void sf_swap_out_filled(struct kunit *test, struct swapped *s,
			bool keep_cached)
{
	struct folio *folio;

	folio = mmk_pte_folio(test, s->mm, s->addr);
	if (keep_cached)
		mmk_folio_get(test, folio);
	KUNIT_ASSERT_EQ(test, mmk_pageout(s->addr, PAGE_SIZE), 0);
	KUNIT_ASSERT_EQ(test, (int)mmk_pte_kind(s->mm, s->addr),
			(int)MMK_PTE_SWAP);
	s->entry = softleaf_from_pte(mmk_pte(s->mm, s->addr));
	s->folio = keep_cached ? folio : NULL;
	if (keep_cached)
		KUNIT_ASSERT_TRUE(test, folio_test_swapcache(folio));
	else
		mmk_scrub_free_pages();
	KUNIT_ASSERT_EQ(test, mmk_swap_slots_used(), 1L);
	s->idle = vma_lock_count(s->mm, s->addr);
	s->mmap_idle = mmk_mmap_lock_count(s->mm);
}

/* A new mm, a swap area, and one page that is swapped out */
void sf_swapped_init(struct kunit *test, struct swapped *s,
		     bool keep_cached)
{
	s->mm = mmk_mm_enter(test);
	mmk_swap_on_watched(test, keep_cached);
	s->addr = mmk_map_anon(test, 1);
	swap_out(test, s, keep_cached);
}

void sf_expect_locks_idle(struct kunit *test, const struct swapped *s)
{
	KUNIT_EXPECT_EQ_MSG(test, vma_lock_count(s->mm, s->addr), s->idle,
			    "the VMA lock is not back where it was");
	KUNIT_EXPECT_EQ_MSG(test, mmk_mmap_lock_count(s->mm), s->mmap_idle,
			    "mmap_lock is not back where it was");
}

/* A page in the swap cache, locked by the case and with a reference of it */
void sf_locked_init(struct kunit *test, struct swapped *s,
		    struct mmk_folio_state *unlocked)
{
	sf_swapped_init(test, s, true);
	mmk_folio_snapshot(s->folio, unlocked);
	lock_folio(test, s->folio);
}

const struct wait_case sf_lock_cases[] = {
	{ "VMA lock", USER_READ, MMK_VMA_LOCK },
	{ "mmap_lock", USER_READ, MMK_MMAP_LOCK },
};

/* Empties the pte of sf_leaf_set(), which is in no counter. */
static void leaf_clear(void *data)
{
	struct swapped *s = data;

	mmk_pte_store(s->mm, s->addr, __pte(0));
}

void sf_leaf_set(struct kunit *test, struct swapped *s, softleaf_t entry)
{
	s->entry = entry;
	KUNIT_ASSERT_TRUE(test, mmk_pte_store(s->mm, s->addr,
					      softleaf_to_pte(entry)));
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, leaf_clear, s), 0);
}

/* The page stays locked until unlock_folio(), and the case has a reference. */
void sf_make_exclusive(struct kunit *test, struct swapped *s)
{
	s->folio = mmk_make_exclusive(test, s->mm, s->addr);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, sf_release_lock,
							s->folio), 0);
	mmk_folio_get(test, s->folio);
	folio_put(s->folio);
	s->entry = softleaf_from_pte(mmk_pte(s->mm, s->addr));
}
