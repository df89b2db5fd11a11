// SPDX-License-Identifier: GPL-2.0
/*
 * Device-coherent pages under advice about reclaim: a pte maps them as it does any page, but
 * they are not on the LRU, and belong to a driver.
 */
#include <kunit/test.h>
#include <linux/memremap.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/pagemap.h>
#include <linux/syscalls.h>

#include "../../internal.h"
#include "../compat/count.h"
#include "../compat/mm.h"
#include "../lib/device.h"
#include "../lib/guard.h"
#include "../lib/migrate.h"
#include "../lib/mm.h"
#include "../lib/pte.h"
#include "../lib/snapshot.h"

#define COHERENT_SEED	0x4b

static int ask_cold(struct mm_struct *mm, unsigned long addr)
{
	return do_madvise(mm, addr, PAGE_SIZE, MADV_COLD);
}

static int ask_pageout(struct mm_struct *mm, unsigned long addr)
{
	return do_madvise(mm, addr, PAGE_SIZE, MADV_PAGEOUT);
}

static int ask_free(struct mm_struct *mm, unsigned long addr)
{
	return do_madvise(mm, addr, PAGE_SIZE, MADV_FREE);
}

static int ask_mlock(struct mm_struct *mm, unsigned long addr)
{
	return sys_mlock2(addr, PAGE_SIZE, MLOCK_ONFAULT);
}

/**
 * struct coherent_walk - A walk that is about reclaim
 * @description: for the log
 * @ask: asks for it; returns 0 or an error
 */
struct coherent_walk {
	const char *description;
	int (*ask)(struct mm_struct *mm, unsigned long addr);
};

static const struct coherent_walk coherent_walks[] = {
	{ "MADV_COLD", ask_cold },
	{ "MADV_PAGEOUT", ask_pageout },
	{ "MADV_FREE", ask_free },
	{ "mlock2", ask_mlock },
};

KUNIT_ARRAY_PARAM_DESC(coherent, coherent_walks, description);

/**
 * reclaim_leaves_a_coherent_page_alone() - As a huge one
 *
 * The memory of a device is not reclaimed. Its pte is as before, young and dirty as it was;
 * the page keeps its flags and references, and is in no counter of the LRU.
 *
 * Contract: EW-1
 */
static void reclaim_leaves_a_coherent_page_alone(struct kunit *test)
{
	const struct coherent_walk *walk = test->param_value;
	struct mmk_dev *dev = mmk_dev_create(test, MEMORY_DEVICE_COHERENT);
	struct mm_struct *mm = mmk_mm_enter(test);
	unsigned long addr = mmk_map_anon(test, 1), flags;
	struct mmk_folio_state state;
	struct mmk_mm_state rss;
	struct page *page;
	long mlocked;
	pte_t pte;

	mmk_fill(test, addr, 1, COHERENT_SEED);
	page = mmk_migrate_to_dev(test, mm, addr, dev);
	mmk_pte_set_flags(test, mm, addr, true, true);
	lru_add_drain_all();
	pte = mmk_pte(mm, addr);
	flags = *mmk_page_flags(page);
	mlocked = mmk_zone_page_state(NR_MLOCK);
	mmk_folio_snapshot(page_folio(page), &state);
	mmk_mm_snapshot(mm, &rss);
	KUNIT_EXPECT_EQ(test, walk->ask(mm, addr), 0);
	lru_add_drain_all();
	KUNIT_EXPECT_EQ(test, pte_val(mmk_pte(mm, addr)), pte_val(pte));
	KUNIT_EXPECT_EQ(test, *mmk_page_flags(page), flags);
	KUNIT_EXPECT_EQ(test, mmk_zone_page_state(NR_MLOCK), mlocked);
	mmk_expect_folio_same(test, "afterwards", page_folio(page), &state);
	mmk_expect_mm_same(test, "afterwards", mm, &rss);
	MMK_EXPECT_HOLDS(test, addr, 1, COHERENT_SEED);
	KUNIT_EXPECT_EQ(test, vm_munmap(addr, PAGE_SIZE), 0);
	lru_add_drain_all();
	KUNIT_EXPECT_EQ(test, mmk_dev_nr_busy(dev), 0U);
	KUNIT_EXPECT_EQ(test, mmk_zone_page_state(NR_MLOCK), mlocked);
}

static struct kunit_case walker_coherent_cases[] = {
	KUNIT_CASE_PARAM(reclaim_leaves_a_coherent_page_alone,
			 coherent_gen_params),
	{}
};

static struct kunit_suite walker_coherent_suite = {
	.name = "walker_coherent",
	.init = mmk_case_init,
	.test_cases = walker_coherent_cases,
};

kunit_test_suite(walker_coherent_suite);
