// SPDX-License-Identifier: GPL-2.0
/*
 * A write to a page that userfaultfd protects is reported, whatever has become
 * of the page since. The message is described in
 * Documentation/admin-guide/mm/userfaultfd.rst.
 */
#include <kunit/test.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/rmap.h>

#include "../../internal.h"
#include "../compat/rmap.h"
#include "../compat/uffd.h"
#include "../lib/device.h"
#include "../lib/guard.h"
#include "../lib/huge.h"
#include "../lib/migrate.h"
#include "../lib/mm.h"
#include "../lib/pte.h"
#include "../lib/swap.h"
#include "../lib/task.h"
#include "soft_bits.h"

/* What has become of the page before it is written to */
static void left_alone(struct kunit *test, struct soft *soft)
{
}

static void migrated(struct kunit *test, struct soft *soft)
{
	struct scene *s = &soft->s;
	struct folio *dst;

	s->hold = mmk_hold(test, s->src);
	try_to_migrate(s->src, 0);
	dst = mmk_hold_copy(test, s->hold);
	remove_migration_ptes(s->src, dst, 0);
	mmk_hold_finish(test, s->hold, true);
}

static void put_back(struct kunit *test, struct soft *soft)
{
	struct scene *s = &soft->s;

	s->hold = mmk_hold(test, s->src);
	try_to_migrate(s->src, 0);
	remove_migration_ptes(s->src, s->src, 0);
	mmk_hold_finish(test, s->hold, false);
}

static void swapped_out(struct kunit *test, struct soft *soft)
{
	mmk_swap_on(test);
	KUNIT_ASSERT_EQ(test, mmk_pageout(soft->s.addr, PAGE_SIZE), 0);
	MMK_EXPECT_PTE(test, soft->s.mm, soft->s.addr, SWAP);
}

static void moved_to_device(struct kunit *test, struct soft *soft)
{
	mmk_migrate_to_dev(test, soft->s.mm, soft->s.addr, soft->dev);
}

static void zapped(struct kunit *test, struct soft *soft)
{
	KUNIT_ASSERT_EQ(test, do_madvise(soft->s.mm, soft->s.addr, PAGE_SIZE,
					 MADV_DONTNEED), 0);
}

/**
 * struct report_case - A page, and what becomes of it
 * @description: for the KTAP line
 * @how: what is mapped; protected or not
 * @happens: what becomes of it
 */
struct report_case {
	const char *description;
	struct soft_case how;
	void (*happens)(struct kunit *test, struct soft *soft);
};

#define ANON(bits)	{ "", ANON_EXCLUSIVE, bits, .dirty = true }
#define TMPFS(bits)	{ "", SHMEM_SHARED, bits, .dirty = true }

static const struct report_case report_cases[] = {
	{ "anon", ANON(MMK_UFFD), left_alone },
	{ "anon, not protected", ANON(0), left_alone },
	{ "anon, migrated", ANON(MMK_UFFD), migrated },
	{ "anon, migrated, not protected", ANON(0), migrated },
	{ "anon, put back", ANON(MMK_UFFD), put_back },
	{ "anon, put back, not protected", ANON(0), put_back },
	{ "anon, swapped out", ANON(MMK_UFFD), swapped_out },
	{ "anon, swapped out, not protected", ANON(0), swapped_out },
	{ "anon, on a device", ANON(MMK_UFFD), moved_to_device },
	{ "anon, on a device, not protected", ANON(0), moved_to_device },
	{ "tmpfs", TMPFS(MMK_UFFD), left_alone },
	{ "tmpfs, not protected", TMPFS(0), left_alone },
	{ "tmpfs, migrated", TMPFS(MMK_UFFD), migrated },
	{ "tmpfs, migrated, not protected", TMPFS(0), migrated },
	{ "tmpfs, zapped", TMPFS(MMK_UFFD), zapped },
	{ "tmpfs, zapped, not protected", TMPFS(0), zapped },
};

KUNIT_ARRAY_PARAM_DESC(report, report_cases, description);

/* Expects the message of a write to a protected page, and no other one. */
static void expect_report(struct kunit *test, struct mmk_uffd *uffd,
			  unsigned long addr)
{
	struct uffd_msg msg = {};

	KUNIT_EXPECT_TRUE_MSG(test, mmk_uffd_read(uffd, &msg), "no message");
	KUNIT_EXPECT_EQ(test, (int)msg.event, UFFD_EVENT_PAGEFAULT);
	KUNIT_EXPECT_EQ(test, (unsigned long)msg.arg.pagefault.address, addr);
	KUNIT_EXPECT_EQ(test, (u64)msg.arg.pagefault.flags,
			(u64)(UFFD_PAGEFAULT_FLAG_WRITE |
			      UFFD_PAGEFAULT_FLAG_WP));
	KUNIT_EXPECT_FALSE_MSG(test, mmk_uffd_read(uffd, &msg), "one more");
}

/* A task that writes, and sleeps so that mmk_task_sleeps_in() sees it. */
static struct mmk_fault *start_write(struct kunit *test, struct mm_struct *mm,
				     unsigned long addr)
{
	struct mmk_fault *fault;

	fault = mmk_fault_alloc(test, mm, addr, FAULT_FLAG_ALLOW_RETRY |
				FAULT_FLAG_KILLABLE | FAULT_FLAG_USER |
				FAULT_FLAG_WRITE,
				IS_ENABLED(CONFIG_PER_VMA_LOCK) ?
				MMK_VMA_LOCK : MMK_MMAP_LOCK);
	fault->retry = true;
	mmk_task_start(&fault->task);
	return fault;
}

/* As many faults as a writer may take before its page is there to be written to */
#define MANY_FAULTS	3

/*
 * Starts a task that writes, once more while its fault has only brought the page
 * back, until it waits for the monitor.
 */
static struct mmk_fault *write_until_reported(struct kunit *test,
					      struct mm_struct *mm,
					      unsigned long addr)
{
	struct mmk_fault *fault;
	unsigned int i;

	for (i = 0; i < MANY_FAULTS; i++) {
		fault = start_write(test, mm, addr);
		if (mmk_task_sleeps_in(&fault->task, "handle_userfault"))
			break;
		KUNIT_ASSERT_TRUE(test, mmk_task_join(&fault->task));
		KUNIT_EXPECT_FALSE(test, fault->ret & VM_FAULT_ERROR);
		KUNIT_ASSERT_FALSE_MSG(test, pte_present(mmk_pte(mm, addr)) &&
				       pte_write(mmk_pte(mm, addr)),
				       "a write was not reported");
	}
	KUNIT_ASSERT_LT_MSG(test, i, MANY_FAULTS, "no write was reported");
	return fault;
}

/* Waits until a write is reported, allows it, and sees it served. */
static void serve_write(struct kunit *test, struct mmk_uffd *uffd,
			struct mmk_fault *fault, struct mm_struct *mm,
			unsigned long addr, size_t len)
{
	KUNIT_ASSERT_TRUE(test, mmk_task_sleeps_in(&fault->task,
						   "handle_userfault"));
	expect_report(test, uffd, addr);
	mmk_uffd_protect(test, uffd, addr, len, false);
	KUNIT_EXPECT_TRUE(test, mmk_task_join(&fault->task));
	KUNIT_EXPECT_FALSE(test, fault->ret & VM_FAULT_ERROR);
}

/**
 * write_to_protected_page_is_reported() - The first write to a page
 *
 * If the page is protected, the writer waits, the monitor gets one message
 * about it, and the page cannot be written to until the protection is taken
 * away. If it is not, the write is served and there is no message. Whether the
 * page was migrated, was in swap, on a device or gone meanwhile makes no
 * difference.
 *
 * Contract: WP-2
 */
static void write_to_protected_page_is_reported(struct kunit *test)
{
	const struct report_case *c = test->param_value;
	struct uffd_msg msg;
	struct mmk_fault *fault;
	struct soft soft;
	struct scene *s = &soft.s;

	mmk_need_bits(test, MMK_UFFD);
	/* Devices are made before the mm. */
	if (c->happens == moved_to_device)
		soft.dev = mmk_dev_create(test, MEMORY_DEVICE_PRIVATE);
	sb_map(test, &soft, &c->how);
	c->happens(test, &soft);
	if (c->how.bits & MMK_UFFD) {
		fault = write_until_reported(test, s->mm, s->addr);
		KUNIT_EXPECT_FALSE(test, pte_present(mmk_pte(s->mm, s->addr)) &&
				   pte_write(mmk_pte(s->mm, s->addr)));
		serve_write(test, soft.uffd, fault, s->mm, s->addr, PAGE_SIZE);
	} else {
		fault = start_write(test, s->mm, s->addr);
		KUNIT_EXPECT_TRUE(test, mmk_task_join(&fault->task));
		KUNIT_EXPECT_FALSE(test, fault->ret & VM_FAULT_ERROR);
	}
	MMK_EXPECT_PTE(test, s->mm, s->addr, PRESENT);
	KUNIT_EXPECT_TRUE(test, pte_write(mmk_pte(s->mm, s->addr)));
	KUNIT_EXPECT_FALSE(test, mmk_bits(s->mm, s->addr) & MMK_UFFD);
	KUNIT_EXPECT_FALSE_MSG(test, mmk_uffd_read(soft.uffd, &msg),
			       "a message about a page that is not protected");
	MMK_EXPECT_HOLDS(test, s->addr, 1, SCENE_SEED);
}

/**
 * write_to_protected_hole_is_reported() - A page of private memory that is not there
 *
 * With UFFD_FEATURE_WP_UNPOPULATED it is protected all the same. A writer waits for the
 * monitor before there is a page that can be written to.
 *
 * Contract: WP-2
 */
static void write_to_protected_hole_is_reported(struct kunit *test)
{
	struct mmk_fault *fault;
	struct mmk_uffd *uffd;
	struct mm_struct *mm;
	struct uffd_msg msg;
	unsigned long addr;

	mmk_need_bits(test, MMK_UFFD);
	mm = mmk_mm_enter(test);
	uffd = mmk_uffd_open_with(test, UFFD_FEATURE_WP_UNPOPULATED);
	addr = mmk_map_anon(test, 1);
	mmk_uffd_watch(test, uffd, addr, PAGE_SIZE, UFFDIO_REGISTER_MODE_WP);
	mmk_uffd_protect(test, uffd, addr, PAGE_SIZE, true);
	MMK_EXPECT_PTE(test, mm, addr, MARKER);
	fault = write_until_reported(test, mm, addr);
	KUNIT_EXPECT_FALSE(test, pte_present(mmk_pte(mm, addr)) &&
			   pte_write(mmk_pte(mm, addr)));
	serve_write(test, uffd, fault, mm, addr, PAGE_SIZE);
	MMK_EXPECT_PTE(test, mm, addr, PRESENT);
	KUNIT_EXPECT_TRUE(test, pte_write(mmk_pte(mm, addr)));
	KUNIT_EXPECT_FALSE(test, mmk_bits(mm, addr) & MMK_UFFD);
	KUNIT_EXPECT_FALSE(test, mmk_uffd_read(uffd, &msg));
}

/**
 * write_during_migration_is_reported_after_it() - A write to an entry
 *
 * A page is under migration, and gets protected meanwhile. A task that writes
 * to it waits for the migration, and is reported then.
 *
 * Contract: WP-2
 */
static void write_during_migration_is_reported_after_it(struct kunit *test)
{
	const struct soft_case how = ANON(0);
	struct mmk_fault *fault;
	struct folio *dst;
	struct uffd_msg msg;
	struct soft soft;
	struct scene *s = &soft.s;

	mmk_need_bits(test, MMK_UFFD);
	sb_map(test, &soft, &how);
	s->hold = mmk_hold(test, s->src);
	try_to_migrate(s->src, 0);
	mmk_uffd_protect(test, soft.uffd, s->addr, PAGE_SIZE, true);
	fault = start_write(test, s->mm, s->addr);
	KUNIT_EXPECT_TRUE(test, mmk_task_waits(&fault->task));
	KUNIT_EXPECT_FALSE(test, mmk_uffd_read(soft.uffd, &msg));
	dst = mmk_hold_copy(test, s->hold);
	remove_migration_ptes(s->src, dst, 0);
	mmk_hold_finish(test, s->hold, true);
	KUNIT_EXPECT_TRUE(test, mmk_task_join(&fault->task));
	KUNIT_EXPECT_FALSE(test, pte_write(mmk_pte(s->mm, s->addr)));

	fault = write_until_reported(test, s->mm, s->addr);
	serve_write(test, soft.uffd, fault, s->mm, s->addr, PAGE_SIZE);
	KUNIT_EXPECT_TRUE(test, pte_write(mmk_pte(s->mm, s->addr)));
}

/**
 * struct huge_report_case - A huge page, protected or not
 * @description: for the KTAP line
 * @protect: whether it is
 * @move: whether it is migrated, and not put back
 */
struct huge_report_case {
	const char *description;
	bool protect;
	bool move;
};

static const struct huge_report_case huge_report_cases[] = {
	{ "protected, moved", true, true },
	{ "protected, put back", true, false },
	{ "not protected, moved", false, true },
	{ "not protected, put back", false, false },
};

KUNIT_ARRAY_PARAM_DESC(huge_report, huge_report_cases, description);

/**
 * write_to_protected_huge_page_is_reported() - After a migration of a huge page
 *
 * As write_to_protected_page_is_reported(), for a write into the middle of a
 * huge page. The message is about the small page that is written to.
 *
 * Contract: WP-2
 */
static void write_to_protected_huge_page_is_reported(struct kunit *test)
{
	const struct huge_report_case *c = test->param_value;
	struct mm_struct *mm;
	unsigned long addr, at;
	struct mmk_fault *fault;
	struct mmk_uffd *uffd;
	struct mmk_hold *hold;
	struct folio *src, *dst;
	struct uffd_msg msg;

	mmk_need_bits(test, MMK_UFFD);
	mm = mmk_mm_enter(test);
	addr = mmk_map_huge(test, mm, 1);
	at = addr + 7 * PAGE_SIZE;
	uffd = mmk_uffd_open(test);
	mmk_uffd_watch(test, uffd, addr, MMK_HUGE_SIZE,
		       UFFDIO_REGISTER_MODE_WP);
	if (c->protect)
		mmk_uffd_protect(test, uffd, addr, MMK_HUGE_SIZE, true);
	src = mmk_pmd_folio(test, mm, addr);
	hold = mmk_hold(test, src);
	try_to_migrate(src, 0);
	dst = c->move ? mmk_hold_copy(test, hold) : src;
	remove_migration_ptes(src, dst, 0);
	mmk_hold_finish(test, hold, c->move);

	fault = start_write(test, mm, at);
	if (c->protect) {
		KUNIT_ASSERT_TRUE(test, mmk_task_sleeps_in(&fault->task,
							   "handle_userfault"));
		expect_report(test, uffd, at);
		mmk_uffd_protect(test, uffd, addr, MMK_HUGE_SIZE, false);
	}
	KUNIT_EXPECT_TRUE(test, mmk_task_join(&fault->task));
	KUNIT_EXPECT_FALSE(test, fault->ret & VM_FAULT_ERROR);
	KUNIT_EXPECT_FALSE(test, mmk_uffd_read(uffd, &msg));
	MMK_EXPECT_PMD(test, mm, addr, PRESENT);
	KUNIT_EXPECT_TRUE(test, pmd_write(mmk_pmd(mm, addr)));
}

static struct kunit_case soft_bits_report_cases[] = {
	KUNIT_CASE_PARAM(write_to_protected_page_is_reported,
			 report_gen_params),
	KUNIT_CASE(write_to_protected_hole_is_reported),
	KUNIT_CASE(write_during_migration_is_reported_after_it),
	KUNIT_CASE_PARAM(write_to_protected_huge_page_is_reported,
			 huge_report_gen_params),
	{}
};

static struct kunit_suite soft_bits_report_suite = {
	.name = "soft_bits_report",
	.init = mmk_case_init,
	.test_cases = soft_bits_report_cases,
};

kunit_test_suite(soft_bits_report_suite);
