// SPDX-License-Identifier: GPL-2.0
/*
 * fork() that userfaultfd follows: with UFFD_FEATURE_EVENT_FORK, the monitor is told of the
 * child, and watches it as well. Documentation/admin-guide/mm/userfaultfd.rst,
 * "Non-cooperative userfaultfd".
 */
#include <kunit/test.h>
#include <linux/fdtable.h>
#include <linux/file.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/rmap.h>
#include <linux/sched/mm.h>
#include <linux/syscalls.h>
#include <linux/userfaultfd.h>

#include "../../internal.h"
#include "../compat/rmap.h"
#include "../compat/uffd.h"
#include "../lib/bits.h"
#include "../lib/guard.h"
#include "../lib/huge.h"
#include "../lib/migrate.h"
#include "../lib/mm.h"
#include "../lib/pte.h"
#include "../lib/swap.h"
#include "../lib/task.h"
#include "../lib/uffd.h"
#include "../lib/wait.h"

#define SEED	0x36

/* What has become of the protected page when the process forks */
enum fork_state {
	FORK_PRESENT,
	FORK_PINNED,
	FORK_MIGRATION,
	FORK_SWAP,
	FORK_HUGE,
	FORK_MARKER,
};

static const struct fork_case {
	const char *description;
	enum fork_state state;
} fork_cases[] = {
	{ "present", FORK_PRESENT },
	{ "pinned", FORK_PINNED },
	{ "under migration", FORK_MIGRATION },
	{ "swapped out", FORK_SWAP },
	{ "huge", FORK_HUGE },
	{ "a marker", FORK_MARKER },
};

KUNIT_ARRAY_PARAM_DESC(fork, fork_cases, description);

/**
 * struct forker - A task that forks
 * @task: the task
 * @child: the mm of its child
 * @err: what came of it
 */
struct forker {
	struct mmk_task task;
	struct mm_struct *child;
	int err;
};

static void fork_run(struct mmk_task *task)
{
	struct forker *forker = container_of(task, struct forker, task);

	forker->err = mmk_fork_mm(&forker->child);
}

static void file_put(void *file)
{
	fput(file);
	flush_delayed_fput();
}

static void child_put(void *mm)
{
	mmput(mm);
}

/* Fork @mm; the monitor takes the event, and so watches the child until the case ends. */
static struct mm_struct *fork_watched(struct kunit *test, struct mm_struct *mm,
				      struct mmk_uffd *uffd)
{
	struct forker *forker = mmk_task_alloc(test, sizeof(*forker), mm,
					       fork_run);
	struct uffd_msg msg = { };
	struct file *file;

	mmk_task_start(&forker->task);
	KUNIT_ASSERT_TRUE(test, mmk_wait_for(mmk_uffd_read(uffd, &msg)));
	KUNIT_ASSERT_EQ(test, (int)msg.event, UFFD_EVENT_FORK);
	file = fget(msg.arg.fork.ufd);
	close_fd(msg.arg.fork.ufd);
	KUNIT_ASSERT_NOT_NULL(test, file);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, file_put, file),
			0);
	KUNIT_ASSERT_TRUE(test, mmk_task_join(&forker->task));
	KUNIT_ASSERT_EQ(test, forker->err, 0);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, child_put,
							forker->child), 0);
	return forker->child;
}

static void expect_protected(struct kunit *test, struct mm_struct *mm,
			     unsigned long addr, bool huge)
{
	KUNIT_EXPECT_TRUE(test, (huge ? mmk_pmd_bits(mm, addr) :
					mmk_bits(mm, addr)) & MMK_UFFD);
	if (huge)
		KUNIT_EXPECT_FALSE(test, pmd_write(mmk_pmd(mm, addr)));
	else if (mmk_pte_kind(mm, addr) == MMK_PTE_PRESENT)
		KUNIT_EXPECT_FALSE(test, pte_write(mmk_pte(mm, addr)));
}

/**
 * watched_child_is_protected() - fork() of a protected page
 *
 * The child is protected as its parent is, whatever has become of the page, and the parent
 * still is. When the page is present again, both may only read it. A page that is pinned is
 * copied, and so is its protection. A marker of the parent is one of the child, too.
 *
 * Contract: WP-1
 */
static void watched_child_is_protected(struct kunit *test)
{
	const struct fork_case *how = test->param_value;
	const bool huge = how->state == FORK_HUGE;
	const bool file = how->state == FORK_MARKER;
	const size_t len = huge ? MMK_HUGE_SIZE : PAGE_SIZE;
	struct mmk_hold *hold = NULL;
	struct mm_struct *mm, *child;
	struct folio *folio = NULL;
	struct mmk_uffd *uffd;
	enum mmk_pte_kind kind;
	unsigned long addr;

	mmk_need_bits(test, MMK_UFFD);
	mm = mmk_mm_enter(test);
	if (file)
		addr = mmk_mmap(test, mmk_shmem_file(test, 1), PAGE_SIZE,
				PROT_READ | PROT_WRITE, MAP_SHARED);
	else
		addr = huge ? mmk_map_huge(test, mm, 1) : mmk_map_anon(test, 1);
	if (!file)
		mmk_fill(test, addr, len / PAGE_SIZE, SEED);
	uffd = mmk_uffd_open_with(test, UFFD_FEATURE_EVENT_FORK);
	mmk_uffd_watch(test, uffd, addr, len, UFFDIO_REGISTER_MODE_WP);
	mmk_uffd_protect(test, uffd, addr, len, true);
	if (how->state == FORK_PINNED) {
		mmk_pin(test, addr, 0);
	} else if (how->state == FORK_SWAP) {
		mmk_swap_on(test);
		KUNIT_ASSERT_EQ(test, mmk_pageout(addr, len), 0);
	} else if (how->state == FORK_MIGRATION) {
		folio = mmk_pte_folio(test, mm, addr);
		hold = mmk_hold(test, folio);
		try_to_migrate(folio, 0);
	}

	child = fork_watched(test, mm, uffd);
	if (!file) {
		expect_protected(test, mm, addr, huge);
		expect_protected(test, child, addr, huge);
	}
	kind = huge ? mmk_pmd_kind(mm, addr) : mmk_pte_kind(mm, addr);
	MMK_EXPECT_KIND(test, huge ? mmk_pmd_kind(child, addr) :
				     mmk_pte_kind(child, addr), kind);
	if (file)
		MMK_EXPECT_KIND(test, kind, MMK_PTE_MARKER);
	if (how->state == FORK_PINNED)
		KUNIT_EXPECT_PTR_NE(test, mmk_pte_page(child, addr),
				    mmk_pte_page(mm, addr));
	if (hold) {
		remove_migration_ptes(folio, folio, 0);
		mmk_hold_finish(test, hold, false);
	}
	KUNIT_EXPECT_EQ(test, mmk_fault_in(mm, addr, false), 0);
	KUNIT_EXPECT_EQ(test, mmk_fault_in(child, addr, false), 0);
	expect_protected(test, mm, addr, huge);
	expect_protected(test, child, addr, huge);
	if (file)
		return;
	MMK_EXPECT_MM_HOLDS(test, child, addr, len / PAGE_SIZE, SEED);
	MMK_EXPECT_HOLDS(test, addr, len / PAGE_SIZE, SEED);
}

static struct kunit_case soft_bits_fork_cases[] = {
	KUNIT_CASE_PARAM(watched_child_is_protected, fork_gen_params),
	{}
};

static struct kunit_suite soft_bits_fork_suite = {
	.name = "soft_bits_fork",
	.init = mmk_case_init,
	.test_cases = soft_bits_fork_cases,
};

kunit_test_suite(soft_bits_fork_suite);
