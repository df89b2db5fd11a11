// SPDX-License-Identifier: GPL-2.0
/*
 * Pages that move, and the memory cgroup that is charged for them. "A memory area is
 * charged to the cgroup which instantiated it and stays charged to the cgroup until
 * the area is released": Documentation/admin-guide/cgroup-v2.rst, Memory Ownership.
 */
#include <kunit/test.h>
#include <linux/memcontrol.h>
#include <linux/migrate.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/pagemap.h>
#include <linux/rmap.h>

#include "../../internal.h"
#include "../lib/device.h"
#include "../lib/guard.h"
#include "../lib/huge.h"
#include "../lib/large.h"
#include "../lib/migrate.h"
#include "../lib/mm.h"
#include "../lib/pte.h"
#include "../lib/swap.h"
#include "memcg.h"

/**
 * enum kind - What is charged for
 * @ANON: an anonymous page
 * @TMPFS: a page of tmpfs
 * @LARGE: a large anonymous folio
 * @HUGE: a huge page
 */
enum kind {
	ANON,
	TMPFS,
	LARGE,
	HUGE,
};

static const struct kind_case {
	const char *description;
	enum kind kind;
} kinds[] = {
	{ "anonymous page", ANON },
	{ "page of tmpfs", TMPFS },
	{ "large folio", LARGE },
	{ "huge page", HUGE },
};

KUNIT_ARRAY_PARAM_DESC(kind, kinds, description);

/**
 * struct area - Memory that group a is charged for
 * @addr: its address
 * @nr: its pages
 * @folio: the only folio
 * @wanted: what group a has to be charged for
 */
struct area {
	unsigned long addr;
	unsigned int nr;
	struct folio *folio;
	struct mc_usage wanted;
};

static void area_map(struct kunit *test, struct mc *mc, struct area *area,
		     enum kind kind)
{
	struct mmk_large large;
	struct mc_usage before;

	mc_usage(test, mc, "a", &before);
	area->nr = 1;
	if (kind == HUGE) {
		area->addr = mmk_map_huge(test, mc->mm, 1);
		area->nr = MMK_HUGE_PAGES;
		mmk_fill(test, area->addr, area->nr, MC_SEED);
		area->folio = mmk_pmd_folio(test, mc->mm, area->addr);
	} else if (kind == LARGE) {
		mmk_large_map(test, &large, mc->mm, 4);
		area->addr = large.addr;
		area->nr = large.nr;
		area->folio = large.folio;
		mmk_fill(test, area->addr, area->nr, MC_SEED);
	} else {
		if (kind == TMPFS)
			area->addr = mmk_mmap(test, mmk_shmem_file(test, 1),
					      PAGE_SIZE, PROT_READ | PROT_WRITE,
					      MAP_SHARED);
		else
			area->addr = mmk_map_anon(test, 1);
		mmk_fill(test, area->addr, 1, MC_SEED);
		area->folio = mmk_pte_folio(test, mc->mm, area->addr);
	}
	area->wanted = before;
	area->wanted.user += area->nr;
	if (kind == TMPFS) {
		area->wanted.file += area->nr;
		area->wanted.shmem += area->nr;
	} else {
		area->wanted.anon += area->nr;
	}
	KUNIT_EXPECT_PTR_EQ(test, mc_of(area->folio), mc->a);
	mc_expect(test, "when it is there", mc, "a", area->wanted);
}

static struct folio *folio_at(struct kunit *test, struct mc *mc,
			      struct area *area)
{
	return area->nr == MMK_HUGE_PAGES ?
	       mmk_pmd_folio(test, mc->mm, area->addr) :
	       mmk_pte_folio(test, mc->mm, area->addr);
}

/**
 * moved_page_stays_charged() - migrate_pages() by a task of another group
 *
 * The new folio belongs to the group that the old one belonged to, and the numbers
 * of both groups are what they were. What is unmapped is not charged any more.
 *
 * Contract: MC-1
 */
static void moved_page_stays_charged(struct kunit *test)
{
	const struct kind_case *how = test->param_value;
	struct mc_usage other, before;
	struct area area;
	struct folio *now;
	struct mc mc;

	mc_enter(test, &mc);
	mc_usage(test, &mc, "a", &before);
	area_map(test, &mc, &area, how->kind);
	mc_usage(test, &mc, "b", &other);
	mc_attach(test, &mc, "b");
	KUNIT_EXPECT_EQ(test, mmk_migrate(test, area.folio), 0);
	now = folio_at(test, &mc, &area);
	KUNIT_EXPECT_PTR_NE(test, now, area.folio);
	KUNIT_EXPECT_PTR_EQ(test, mc_of(now), mc.a);
	mc_expect(test, "once it is moved", &mc, "a", area.wanted);
	mc_expect(test, "once it is moved", &mc, "b", other);
	MMK_EXPECT_HOLDS(test, area.addr, area.nr, MC_SEED);

	if (how->kind == TMPFS)
		return;
	KUNIT_EXPECT_EQ(test, vm_munmap(area.addr, area.nr * PAGE_SIZE), 0);
	mc_expect(test, "when it is gone", &mc, "a", before);
	mc_expect(test, "when it is gone", &mc, "b", other);
}

/**
 * page_that_stays_stays_charged() - migrate_pages() of a page in use
 *
 * It is not moved, and nothing is charged, not even for the page that it was to
 * be moved to.
 *
 * Contract: MC-1
 */
static void page_that_stays_stays_charged(struct kunit *test)
{
	const struct kind_case *how = test->param_value;
	struct mc_usage other;
	struct area area;
	struct mc mc;

	mc_enter(test, &mc);
	area_map(test, &mc, &area, how->kind);
	mc_usage(test, &mc, "b", &other);
	mc_attach(test, &mc, "b");
	mmk_folio_get(test, area.folio);
	KUNIT_EXPECT_GT(test, mmk_migrate(test, area.folio), 0);
	KUNIT_EXPECT_PTR_EQ(test, mc_of(area.folio), mc.a);
	mmk_folio_put(test, area.folio);
	mc_expect(test, "in spite of it", &mc, "a", area.wanted);
	mc_expect(test, "in spite of it", &mc, "b", other);
	MMK_EXPECT_HOLDS(test, area.addr, area.nr, MC_SEED);
}

/**
 * device_page_stays_charged() - A page goes to a device, and comes back
 *
 * The owner is charged for the page of the device, as "anon", and for the page that
 * a fault of another group brings back; and for nothing when it is unmapped.
 *
 * Contract: MC-1
 */
static void device_page_stays_charged(struct kunit *test)
{
	struct mmk_dev *dev = mmk_dev_create(test, MEMORY_DEVICE_PRIVATE);
	struct mc_usage other, before;
	struct folio *folio;
	struct area area;
	struct mc mc;

	mc_enter(test, &mc);
	mc_usage(test, &mc, "a", &before);
	area_map(test, &mc, &area, ANON);
	mc_usage(test, &mc, "b", &other);
	mc_attach(test, &mc, "b");
	folio = page_folio(mmk_migrate_to_dev(test, mc.mm, area.addr, dev));
	KUNIT_EXPECT_PTR_EQ(test, mc_of(folio), mc.a);
	mc_expect(test, "on the device", &mc, "a", area.wanted);
	mc_expect(test, "on the device", &mc, "b", other);

	MMK_EXPECT_HOLDS(test, area.addr, 1, MC_SEED);
	MMK_EXPECT_PTE(test, mc.mm, area.addr, PRESENT);
	KUNIT_EXPECT_PTR_EQ(test, mc_of(folio_at(test, &mc, &area)), mc.a);
	KUNIT_EXPECT_FALSE(test, folio_memcg_charged(folio));
	mc_expect(test, "back from it", &mc, "a", area.wanted);
	mc_expect(test, "back from it", &mc, "b", other);

	mmk_migrate_to_dev(test, mc.mm, area.addr, dev);
	KUNIT_EXPECT_EQ(test, vm_munmap(area.addr, PAGE_SIZE), 0);
	KUNIT_EXPECT_EQ(test, mmk_dev_nr_busy(dev), 0);
	mc_expect(test, "when it is gone", &mc, "a", before);
	mc_expect(test, "when it is gone", &mc, "b", other);
}

/**
 * swapped_page_is_charged_as_swap() - A page goes to swap, and comes back
 *
 * The owner is charged for swap instead of for memory, and for memory again when a
 * fault of another group has brought the page back and its slot is free.
 *
 * Contract: MC-1
 */
static void swapped_page_is_charged_as_swap(struct kunit *test)
{
	const struct kind_case *how = test->param_value;
	struct mc_usage out, other, before, back;
	struct area area;
	struct mc mc;

	mc_enter(test, &mc);
	mmk_swap_on(test);
	mc_usage(test, &mc, "a", &before);
	area_map(test, &mc, &area, how->kind);
	mc_usage(test, &mc, "b", &other);
	mc_attach(test, &mc, "b");
	KUNIT_ASSERT_EQ(test, mmk_pageout(area.addr, area.nr * PAGE_SIZE), 0);
	KUNIT_ASSERT_EQ(test, mmk_swap_slots_used(), (long)area.nr);
	out = before;
	out.swap += area.nr;
	mc_expect(test, "in swap", &mc, "a", out);
	mc_expect(test, "in swap", &mc, "b", other);

	/* A write, so that nothing keeps the slot. */
	mmk_fill(test, area.addr, area.nr, MC_SEED);
	mc_usage(test, &mc, "a", &back);
	KUNIT_EXPECT_EQ(test, back.user, area.wanted.user);
	KUNIT_EXPECT_EQ(test, back.anon, area.wanted.anon);
	KUNIT_EXPECT_EQ(test, back.shmem, area.wanted.shmem);
	KUNIT_EXPECT_EQ(test, back.swap, mmk_swap_slots_used());
	mc_expect(test, "back from it", &mc, "b", other);
	if (how->kind == TMPFS)
		return;

	KUNIT_ASSERT_EQ(test, mmk_pageout(area.addr, area.nr * PAGE_SIZE), 0);
	KUNIT_EXPECT_EQ(test, vm_munmap(area.addr, area.nr * PAGE_SIZE), 0);
	KUNIT_EXPECT_EQ(test, mmk_swap_slots_used(), 0L);
	mc_expect(test, "when it is gone", &mc, "a", before);
	mc_expect(test, "when it is gone", &mc, "b", other);
}

/**
 * pieces_are_charged_like_the_whole() - A folio is split, and a part of it is freed
 *
 * Each piece belongs to the group of the whole; the group is charged for as much as
 * before, and for half of it when half of the pieces are gone.
 *
 * Contract: MC-1
 */
static void pieces_are_charged_like_the_whole(struct kunit *test)
{
	const struct kind_case *how = test->param_value;
	struct mc_usage before, wanted;
	unsigned int i, others = 0;
	struct area area;
	struct mc mc;
	int err;

	if (how->kind != LARGE && how->kind != HUGE)
		kunit_skip(test, "a page cannot be split");
	mc_enter(test, &mc);
	mc_usage(test, &mc, "a", &before);
	area_map(test, &mc, &area, how->kind);
	mc_attach(test, &mc, "b");
	mmk_folio_get(test, area.folio);
	folio_lock(area.folio);
	err = split_folio(area.folio);
	folio_unlock(area.folio);
	mmk_folio_put(test, area.folio);
	KUNIT_ASSERT_EQ(test, err, 0);
	for (i = 0; i < area.nr; i++)
		others += mc_of(mmk_pte_folio(test, mc.mm, area.addr +
						    i * PAGE_SIZE)) != mc.a;
	KUNIT_EXPECT_EQ_MSG(test, others, 0, "pieces of another group");
	mc_expect(test, "once it is split", &mc, "a", area.wanted);

	wanted = area.wanted;
	wanted.user -= area.nr / 2;
	wanted.anon -= area.nr / 2;
	KUNIT_EXPECT_EQ(test, vm_munmap(area.addr, area.nr / 2 * PAGE_SIZE), 0);
	mc_expect(test, "when half of it is gone", &mc, "a", wanted);
	KUNIT_EXPECT_EQ(test, vm_munmap(area.addr + area.nr / 2 * PAGE_SIZE,
					area.nr / 2 * PAGE_SIZE), 0);
	mc_expect(test, "when all is gone", &mc, "a", before);
}

/**
 * new_page_is_charged_to_the_owner_of_the_mm() - migrate_vma of a hole
 *
 * The page that a driver puts into a hole is charged to the group of the mm's
 * owner, once, and to nobody when it is unmapped.
 *
 * Contract: MC-1
 */
static void new_page_is_charged_to_the_owner_of_the_mm(struct kunit *test)
{
	struct mmk_dev *dev = mmk_dev_create(test, MEMORY_DEVICE_PRIVATE);
	struct mc_usage before, wanted;
	struct folio *folio;
	unsigned long addr;
	struct mc mc;

	mc_enter(test, &mc);
	addr = mmk_map_anon(test, 2);
	/* So that there are page tables. */
	KUNIT_ASSERT_EQ(test, mmk_fault_in(mc.mm, addr + PAGE_SIZE, true), 0);
	mc_usage(test, &mc, "a", &before);
	folio = page_folio(mmk_migrate_to_dev(test, mc.mm, addr, dev));
	KUNIT_EXPECT_PTR_EQ(test, mc_of(folio), mc.a);
	wanted = before;
	wanted.user++;
	wanted.anon++;
	mc_expect(test, "on the device", &mc, "a", wanted);
	KUNIT_EXPECT_EQ(test, vm_munmap(addr, PAGE_SIZE), 0);
	KUNIT_EXPECT_EQ(test, mmk_dev_nr_busy(dev), 0);
	mc_expect(test, "when it is gone", &mc, "a", before);
}

static struct kunit_case memcg_move_cases[] = {
	KUNIT_CASE_PARAM(moved_page_stays_charged, kind_gen_params),
	KUNIT_CASE_PARAM(page_that_stays_stays_charged, kind_gen_params),
	KUNIT_CASE(device_page_stays_charged),
	KUNIT_CASE_PARAM(swapped_page_is_charged_as_swap, kind_gen_params),
	KUNIT_CASE_PARAM(pieces_are_charged_like_the_whole, kind_gen_params),
	KUNIT_CASE(new_page_is_charged_to_the_owner_of_the_mm),
	{}
};

static struct kunit_suite memcg_move_suite = {
	.name = "memcg_move",
	.init = mmk_case_init,
	.test_cases = memcg_move_cases,
};

kunit_test_suite(memcg_move_suite);
