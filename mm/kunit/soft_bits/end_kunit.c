// SPDX-License-Identifier: GPL-2.0
/*
 * A range that userfaultfd watches for writes no longer, and one whose
 * permissions change while it does. UFFDIO_UNREGISTER(2const) and
 * Documentation/admin-guide/mm/userfaultfd.rst say what to expect.
 */
#include <kunit/test.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/rmap.h>
#include <linux/syscalls.h>

#include "../../internal.h"
#include "../compat/rmap.h"
#include "../compat/uffd.h"
#include "../lib/guard.h"
#include "../lib/migrate.h"
#include "../lib/mm.h"
#include "../lib/pte.h"
#include "../lib/swap.h"
#include "soft_bits.h"

/**
 * enum place - Where a page is when its range is given up
 * @PLACE_MAPPED: it is mapped
 * @PLACE_SWAP: it has been swapped out
 * @PLACE_MIGRATING: it is under migration
 * @PLACE_GONE: a marker stands for it
 */
enum place {
	PLACE_MAPPED,
	PLACE_SWAP,
	PLACE_MIGRATING,
	PLACE_GONE,
};

/**
 * struct end_case - A protected page, and how its range is given up
 * @description: for the KTAP line
 * @backing: what is mapped
 * @place: where the page is
 * @close: the userfaultfd is closed; if not, the range is unregistered
 */
struct end_case {
	const char *description;
	enum backing backing;
	enum place place;
	bool close;
};

static const struct end_case end_cases[] = {
	{ "unregistered, anon", ANON_EXCLUSIVE, PLACE_MAPPED, false },
	{ "unregistered, anon, in swap", ANON_EXCLUSIVE, PLACE_SWAP, false },
	{ "unregistered, anon, migrating", ANON_EXCLUSIVE, PLACE_MIGRATING,
	  false },
	{ "unregistered, tmpfs", SHMEM_SHARED, PLACE_MAPPED, false },
	{ "unregistered, tmpfs, migrating", SHMEM_SHARED, PLACE_MIGRATING,
	  false },
	{ "unregistered, tmpfs, gone", SHMEM_SHARED, PLACE_GONE, false },
	{ "closed, anon", ANON_EXCLUSIVE, PLACE_MAPPED, true },
	{ "closed, anon, in swap", ANON_EXCLUSIVE, PLACE_SWAP, true },
	{ "closed, anon, migrating", ANON_EXCLUSIVE, PLACE_MIGRATING, true },
	{ "closed, tmpfs", SHMEM_SHARED, PLACE_MAPPED, true },
	{ "closed, tmpfs, migrating", SHMEM_SHARED, PLACE_MIGRATING, true },
	{ "closed, tmpfs, gone", SHMEM_SHARED, PLACE_GONE, true },
};

KUNIT_ARRAY_PARAM_DESC(end, end_cases, description);

static void make_place(struct kunit *test, struct soft *soft, enum place place)
{
	struct scene *s = &soft->s;

	switch (place) {
	case PLACE_MAPPED:
		break;
	case PLACE_SWAP:
		mmk_swap_on(test);
		KUNIT_ASSERT_EQ(test, mmk_pageout(s->addr, PAGE_SIZE), 0);
		MMK_EXPECT_PTE(test, s->mm, s->addr, SWAP);
		break;
	case PLACE_MIGRATING:
		s->hold = mmk_hold(test, s->src);
		try_to_migrate(s->src, 0);
		break;
	case PLACE_GONE:
		KUNIT_ASSERT_EQ(test, do_madvise(s->mm, s->addr, PAGE_SIZE,
						 MADV_DONTNEED), 0);
		MMK_EXPECT_PTE(test, s->mm, s->addr, MARKER);
		break;
	}
}

/**
 * protection_ends_with_its_userfaultfd() - Unregistered, or closed
 *
 * Nobody would take the protection of the page away. It is gone, wherever the
 * page is: its entry is not protected any more, a marker has gone, and a write
 * is served at once.
 *
 * Contract: WP-1, WP-2
 */
static void protection_ends_with_its_userfaultfd(struct kunit *test)
{
	const struct end_case *c = test->param_value;
	const struct soft_case how = { .backing = c->backing, .bits = MMK_UFFD };
	struct soft soft;
	struct scene *s = &soft.s;
	struct uffdio_range range = { .len = PAGE_SIZE };

	sb_map(test, &soft, &how);
	make_place(test, &soft, c->place);
	range.start = s->addr;
	if (c->close)
		mmk_uffd_close(test, soft.uffd);
	else
		KUNIT_EXPECT_EQ(test, mmk_uffd_ioctl(test, soft.uffd,
						     UFFDIO_UNREGISTER, &range),
				0L);
	KUNIT_EXPECT_FALSE(test, mmk_vma_at(s->mm, s->addr)->vm_flags &
			   VM_UFFD_WP);
	if (c->place == PLACE_GONE)
		MMK_EXPECT_PTE(test, s->mm, s->addr, NONE);
	else
		KUNIT_EXPECT_FALSE(test, mmk_bits(s->mm, s->addr) & MMK_UFFD);
	if (c->place == PLACE_MIGRATING) {
		remove_migration_ptes(s->src, s->src, 0);
		mmk_hold_finish(test, s->hold, false);
		KUNIT_EXPECT_FALSE(test, mmk_bits(s->mm, s->addr) & MMK_UFFD);
	}
	KUNIT_EXPECT_EQ(test, mmk_fault_in(s->mm, s->addr, true), 0);
	MMK_EXPECT_PTE(test, s->mm, s->addr, PRESENT);
	KUNIT_EXPECT_TRUE(test, pte_write(mmk_pte(s->mm, s->addr)));
	KUNIT_EXPECT_FALSE(test, mmk_bits(s->mm, s->addr) & MMK_UFFD);
}

KUNIT_ARRAY_PARAM_DESC(soft, sb_cases, description);

/**
 * mprotect_keeps_protection() - mprotect() to read-only, and back
 *
 * The VMA may be written to again, but not a page that userfaultfd protects: its
 * pte keeps that bit, and stays read-only. So does one that comes back when the
 * page is migrated meanwhile. A page that is not protected has no such bit.
 *
 * Contract: WP-1
 */
static void mprotect_keeps_protection(struct kunit *test)
{
	const struct soft_case *how = test->param_value;
	struct soft soft;
	struct scene *s = &soft.s;
	unsigned int i;

	sb_map(test, &soft, how);
	for (i = 0; i < 2; i++) {
		KUNIT_EXPECT_EQ(test, sys_mprotect(s->addr, PAGE_SIZE,
						   PROT_READ), 0L);
		KUNIT_EXPECT_FALSE(test, pte_write(mmk_pte(s->mm, s->addr)));
		if (i) {
			s->hold = mmk_hold(test, s->src);
			try_to_migrate(s->src, 0);
		}
		KUNIT_EXPECT_EQ(test, sys_mprotect(s->addr, PAGE_SIZE, PROT_READ |
						   PROT_WRITE), 0L);
		if (i) {
			remove_migration_ptes(s->src, s->src, 0);
			mmk_hold_finish(test, s->hold, false);
		}
		MMK_EXPECT_PTE(test, s->mm, s->addr, PRESENT);
		MMK_EXPECT_BITS(test, s->mm, s->addr, how->bits);
		if (how->bits & MMK_UFFD)
			KUNIT_EXPECT_FALSE(test, pte_write(mmk_pte(s->mm,
								   s->addr)));
	}
}

static struct kunit_case soft_bits_end_cases[] = {
	KUNIT_CASE_PARAM(protection_ends_with_its_userfaultfd, end_gen_params),
	KUNIT_CASE_PARAM(mprotect_keeps_protection, soft_gen_params),
	{}
};

static struct kunit_suite soft_bits_end_suite = {
	.name = "soft_bits_end",
	.init = mmk_case_init,
	.test_cases = soft_bits_end_cases,
};

kunit_test_suite(soft_bits_end_suite);
