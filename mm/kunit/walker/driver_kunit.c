// SPDX-License-Identifier: GPL-2.0
/*
 * hmm_range_fault() as a driver with memory of its own calls it, and without
 * mmap_lock. Expected is what Documentation/mm/hmm.rst and the kernel-doc of
 * hmm_range_fault() and hmm_range_fault_unlocked_timeout() say.
 */
#include <kunit/test.h>
#include <linux/hmm.h>
#include <linux/memremap.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/mmu_notifier.h>
#include <linux/sched/coredump.h>
#include <linux/sched/signal.h>
#include <linux/userfaultfd_k.h>

#include "../../internal.h"
#include "../compat/hmm.h"
#include "../compat/mm.h"
#include "../compat/vma.h"
#include "../lib/device.h"
#include "../lib/guard.h"
#include "../lib/migrate.h"
#include "../lib/mirror.h"
#include "../lib/mm.h"
#include "../lib/pte.h"
#include "../lib/swap.h"
#include "../lib/task.h"
#include "../lib/uffd.h"

#define ASK	HMM_PFN_REQ_FAULT
#define ASK_RW	(HMM_PFN_REQ_FAULT | HMM_PFN_REQ_WRITE)

/* Pages that the device mirrors; the one that a case is about is in the middle. */
#define NR_PAGES	3
#define MIDDLE		1

/* Seed of the bytes, see mmk_fill() */
#define SEED		0x17

static unsigned long middle(unsigned long addr)
{
	return addr + MIDDLE * PAGE_SIZE;
}

static struct hmm_range range_of(unsigned long addr, unsigned long *pfns,
				 unsigned long request)
{
	return (struct hmm_range){
		.start = addr,
		.end = addr + NR_PAGES * PAGE_SIZE,
		.hmm_pfns = pfns,
		.default_flags = request,
		.pfn_flags_mask = ASK_RW,
	};
}

/* The page is there, and the answer is about it. */
static void expect_answer(struct kunit *test, struct mm_struct *mm,
			  unsigned long addr, unsigned long pfn)
{
	pte_t pte = mmk_pte(mm, addr);

	MMK_EXPECT_PTE(test, mm, addr, PRESENT);
	KUNIT_EXPECT_TRUE(test, pfn & HMM_PFN_VALID);
	KUNIT_EXPECT_EQ(test, pfn & ~HMM_PFN_FLAGS, pte_pfn(pte));
	KUNIT_EXPECT_TRUE(test, !(pfn & HMM_PFN_WRITE) || pte_write(pte));
}

/**
 * struct owner_case - A page in device memory, and who asks for it
 * @description: for the KTAP line
 * @own: the owner of the memory does; otherwise another device, which has some
 * @request: what is asked for
 */
struct owner_case {
	const char *description;
	bool own;
	unsigned long request;
};

static const struct owner_case owner_cases[] = {
	{ "own, nothing", true, 0 },
	{ "own, to read", true, ASK },
	{ "own, to write", true, ASK_RW },
	{ "foreign, nothing", false, 0 },
	{ "foreign, to read", false, ASK },
	{ "foreign, to write", false, ASK_RW },
};

KUNIT_ARRAY_PARAM_DESC(owner, owner_cases, description);

/**
 * device_page_is_reported_to_its_owner() - hmm_range.dev_private_owner
 *
 * The owner of the memory is told of its page, which stays where it is. Another
 * device cannot reach it: the page comes back to system memory if it asks for
 * it, and is not there if it does not.
 *
 * Contract: EW-1
 */
static void device_page_is_reported_to_its_owner(struct kunit *test)
{
	const struct owner_case *c = test->param_value;
	struct mmk_dev *dev = mmk_dev_create(test, MEMORY_DEVICE_PRIVATE);
	struct mmk_dev *other = mmk_dev_create(test, MEMORY_DEVICE_PRIVATE);
	struct mm_struct *mm = mmk_mm_enter(test);
	unsigned long addr = mmk_map_anon(test, NR_PAGES);
	unsigned long pfns[NR_PAGES] = {};
	struct hmm_range range = range_of(addr, pfns, c->request);
	struct mmk_mirror *mirror;
	struct page *page;
	bool stays = c->own || !c->request;

	mmk_fill(test, addr, NR_PAGES, SEED);
	page = mmk_migrate_to_dev(test, mm, middle(addr), dev);
	mirror = mmk_mirror_create(test, mm, addr, NR_PAGES * PAGE_SIZE);
	range.dev_private_owner = c->own ? dev : other;
	KUNIT_EXPECT_EQ(test, mmk_mirror_ask(mirror, &range), 0);
	if (c->own) {
		KUNIT_EXPECT_EQ(test, pfns[MIDDLE] & ~HMM_PFN_FLAGS,
				page_to_pfn(page));
		KUNIT_EXPECT_EQ(test, pfns[MIDDLE] & HMM_PFN_FLAGS,
				HMM_PFN_VALID | HMM_PFN_WRITE);
	} else if (c->request) {
		expect_answer(test, mm, middle(addr), pfns[MIDDLE]);
	} else {
		KUNIT_EXPECT_EQ(test, pfns[MIDDLE], 0UL);
	}
	KUNIT_EXPECT_EQ(test, atomic_read(&dev->nr_to_ram), (int)!stays);
	KUNIT_EXPECT_EQ(test, mmk_dev_nr_busy(dev), (unsigned int)stays);
	expect_answer(test, mm, addr, pfns[0]);
	expect_answer(test, mm, addr + 2 * PAGE_SIZE, pfns[2]);
	mmk_mirror_remove(test, mirror);
	MMK_EXPECT_HOLDS(test, addr, NR_PAGES, SEED);
}

/**
 * struct kept_case - An entry, and what is asked for
 * @description: for the KTAP line
 * @hole: the page is not there
 * @request: what is asked for
 */
struct kept_case {
	const char *description;
	bool hole;
	unsigned long request;
};

static const struct kept_case kept_cases[] = {
	{ "page, nothing", false, 0 },
	{ "page, to write", false, ASK_RW },
	{ "hole, nothing", true, 0 },
	{ "hole, to write", true, ASK_RW },
};

KUNIT_ARRAY_PARAM_DESC(kept, kept_cases, description);

/**
 * flag_of_the_driver_is_kept() - HMM_PFN_DMA_MAPPED
 *
 * The driver has mapped a page for DMA, and has noted that in its answer. It has
 * to unmap it some day: the flag is in the next answer as well, whatever that is,
 * and only where it was.
 *
 * Contract: EW-1
 */
static void flag_of_the_driver_is_kept(struct kunit *test)
{
	const struct kept_case *c = test->param_value;
	struct mm_struct *mm = mmk_mm_enter(test);
	unsigned long addr = mmk_map_anon(test, NR_PAGES);
	unsigned long pfns[NR_PAGES] = { [MIDDLE] = MMK_HMM_DMA_MAPPED };
	struct hmm_range range = range_of(addr, pfns, c->request);
	struct mmk_mirror *mirror;

	if (!mmk_hmm_has_dma_map())
		kunit_skip(test, "needs hmm_dma_map_pfn()");
	mmk_fill(test, addr, NR_PAGES, SEED);
	if (c->hole)
		KUNIT_ASSERT_EQ(test, do_madvise(mm, middle(addr), PAGE_SIZE,
						 MADV_DONTNEED), 0);
	mirror = mmk_mirror_create(test, mm, addr, NR_PAGES * PAGE_SIZE);
	KUNIT_EXPECT_EQ(test, mmk_mirror_ask(mirror, &range), 0);
	KUNIT_EXPECT_TRUE(test, pfns[MIDDLE] & MMK_HMM_DMA_MAPPED);
	KUNIT_EXPECT_FALSE(test, pfns[0] & MMK_HMM_DMA_MAPPED);
	KUNIT_EXPECT_FALSE(test, pfns[2] & MMK_HMM_DMA_MAPPED);
	KUNIT_EXPECT_EQ(test, !!(pfns[MIDDLE] & HMM_PFN_VALID),
			!c->hole || c->request);
	mmk_mirror_remove(test, mirror);
}

/**
 * struct asker - A task that asks without mmap_lock
 * @task: the thread, or process
 * @range: what for
 * @ret: what hmm_range_fault_unlocked_timeout() returned
 */
struct asker {
	struct mmk_task task;
	struct hmm_range range;
	int ret;
};

static void asker_main(struct mmk_task *task)
{
	struct asker *a = container_of(task, struct asker, task);

	a->ret = mmk_hmm_unlocked()(&a->range, 0);
}

/**
 * enum wait - What a fault waits for, with mmap_lock dropped
 * @WAIT_NOTHING: nothing: all pages are there
 * @WAIT_HOLE: nothing: one is made
 * @WAIT_MONITOR: a monitor brings it
 * @WAIT_LOCKED: another task has locked it, in the swap cache
 */
enum wait {
	WAIT_NOTHING,
	WAIT_HOLE,
	WAIT_MONITOR,
	WAIT_LOCKED,
};

/**
 * struct wait_case - A page that is asked for
 * @description: for the KTAP line
 * @wait: what its fault waits for
 * @invalidate: a neighbour is given up meanwhile
 */
struct wait_case {
	const char *description;
	enum wait wait;
	bool invalidate;
};

static const struct wait_case wait_cases[] = {
	{ "all there", WAIT_NOTHING },
	{ "hole", WAIT_HOLE },
	{ "monitor", WAIT_MONITOR },
	{ "monitor, neighbour given up", WAIT_MONITOR, true },
	{ "locked in the swap cache", WAIT_LOCKED },
	{ "locked in the swap cache, neighbour given up", WAIT_LOCKED, true },
};

KUNIT_ARRAY_PARAM_DESC(wait, wait_cases, description);

static void unlock_action(void *folio)
{
	folio_unlock(folio);
}

/**
 * struct asked - What a case of faults without mmap_lock is about
 * @mm: the address space
 * @addr: NR_PAGES pages
 * @uffd: the monitor, or NULL
 * @folio: the locked folio, or NULL
 * @mirror: the device
 * @pfns: the answer
 */
struct asked {
	struct mm_struct *mm;
	unsigned long addr;
	struct mmk_uffd *uffd;
	struct folio *folio;
	struct mmk_mirror *mirror;
	unsigned long pfns[NR_PAGES];
};

static void asked_init(struct kunit *test, struct asked *a, enum wait wait)
{
	struct userfaultfd_ctx *ctx;

	if (!mmk_hmm_unlocked())
		kunit_skip(test, "needs hmm_range_fault_unlocked_timeout()");
	memset(a, 0, sizeof(*a));
	a->mm = mmk_mm_enter(test);
	if (wait == WAIT_LOCKED)
		mmk_swap_on_slow(test);
	if (wait == WAIT_MONITOR)
		a->uffd = mmk_uffd_open(test);
	a->addr = mmk_map_anon(test, NR_PAGES);
	mmk_fill(test, a->addr, NR_PAGES, SEED);
	if (wait == WAIT_HOLE || wait == WAIT_MONITOR)
		KUNIT_ASSERT_EQ(test, do_madvise(a->mm, middle(a->addr),
						 PAGE_SIZE, MADV_DONTNEED), 0);
	if (a->uffd) {
		/* A driver's fault is none of user space. */
		ctx = a->uffd->file->private_data;
		ctx->flags &= ~UFFD_USER_MODE_ONLY;
		mmk_uffd_register(test, a->uffd, a->addr, NR_PAGES * PAGE_SIZE);
	}
	if (wait == WAIT_LOCKED) {
		a->folio = mmk_pte_folio(test, a->mm, middle(a->addr));
		mmk_folio_get(test, a->folio);
		KUNIT_ASSERT_EQ(test, mmk_pageout(middle(a->addr), PAGE_SIZE), 0);
		KUNIT_ASSERT_TRUE(test, folio_test_swapcache(a->folio));
		folio_lock(a->folio);
		KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test,
								unlock_action,
								a->folio), 0);
	}
	a->mirror = mmk_mirror_create(test, a->mm, a->addr,
				      NR_PAGES * PAGE_SIZE);
}

static void asker_init(struct asker *task, struct asked *a)
{
	task->range = range_of(a->addr, a->pfns, ASK);
	task->range.notifier = &a->mirror->notifier;
}

static void serve(struct kunit *test, struct asked *a)
{
	if (a->uffd)
		mmk_uffd_zero(test, a->uffd, middle(a->addr));
	if (a->folio)
		kunit_release_action(test, unlock_action, a->folio);
}

/**
 * fault_without_mmap_lock_is_served() - hmm_range_fault_unlocked_timeout()
 *
 * The caller does not hold mmap_lock, and a fault may drop it and sleep. When the
 * call returns, mmap_lock is free, all pages are in the answer, and the answer is
 * valid: nothing has been invalidated since. If a neighbour has been given up
 * meanwhile, it is asked for again.
 *
 * Contract: EW-1
 */
static void fault_without_mmap_lock_is_served(struct kunit *test)
{
	const struct wait_case *c = test->param_value;
	struct asker *task;
	struct asked a;
	unsigned int i;

	asked_init(test, &a, c->wait);
	task = mmk_task_alloc(test, sizeof(*task), a.mm, asker_main);
	asker_init(task, &a);
	mmk_task_start(&task->task);
	if (c->wait == WAIT_MONITOR || c->wait == WAIT_LOCKED) {
		KUNIT_EXPECT_TRUE(test, mmk_task_sleeps_in(&task->task,
							   a.uffd ?
							   "handle_userfault" :
							   "folio_wait_bit_common"));
		KUNIT_EXPECT_EQ(test, mmk_mmap_lock_count(a.mm), 0L);
		if (c->invalidate) {
			KUNIT_EXPECT_EQ(test, do_madvise(a.mm, a.addr, PAGE_SIZE,
							 MADV_DONTNEED), 0);
			if (a.uffd)
				mmk_uffd_zero(test, a.uffd, a.addr);
		}
		serve(test, &a);
	}
	KUNIT_ASSERT_TRUE(test, mmk_task_join(&task->task));
	KUNIT_EXPECT_EQ(test, task->ret, 0);
	KUNIT_EXPECT_EQ(test, mmk_mmap_lock_count(a.mm), 0L);
	for (i = 0; i < NR_PAGES; i++)
		expect_answer(test, a.mm, a.addr + i * PAGE_SIZE, a.pfns[i]);
	KUNIT_EXPECT_FALSE(test, mmu_interval_read_retry(&a.mirror->notifier,
							 task->range.notifier_seq));
	mmk_mirror_remove(test, a.mirror);
}

/**
 * killed_driver_gives_up() - A fatal signal
 *
 * A process is killed while its fault waits for the monitor. The call returns
 * -EINTR, with mmap_lock free.
 *
 * Contract: EW-1
 */
static void killed_driver_gives_up(struct kunit *test)
{
	struct asker *task;
	struct asked a;

	asked_init(test, &a, WAIT_MONITOR);
	task = mmk_process_alloc(test, sizeof(*task), asker_main);
	asker_init(task, &a);
	mmk_process_start(&task->task);
	KUNIT_EXPECT_TRUE(test, mmk_task_sleeps_in(&task->task,
						   "handle_userfault"));
	KUNIT_EXPECT_EQ(test, kill_pid(task_pid(task->task.task), SIGKILL, 1), 0);
	KUNIT_ASSERT_TRUE(test, mmk_task_join(&task->task));
	KUNIT_EXPECT_EQ(test, task->ret, -EINTR);
	KUNIT_EXPECT_EQ(test, mmk_mmap_lock_count(a.mm), 0L);
	MMK_EXPECT_PTE(test, a.mm, middle(a.addr), NONE);
	mmk_mirror_remove(test, a.mirror);
}

/**
 * pages_of_an_unstable_mm_are_not_asked_for() - The OOM reaper has been there
 *
 * What is there may be zeroes, and what is not must not be made again: the call
 * fails, and leaves mmap_lock free.
 *
 * Contract: EW-1
 */
static void pages_of_an_unstable_mm_are_not_asked_for(struct kunit *test)
{
	struct asker *task;
	struct asked a;

	asked_init(test, &a, WAIT_NOTHING);
	task = mmk_task_alloc(test, sizeof(*task), a.mm, asker_main);
	asker_init(task, &a);
	mm_flags_set(MMF_UNSTABLE, a.mm);
	mmk_task_start(&task->task);
	KUNIT_ASSERT_TRUE(test, mmk_task_join(&task->task));
	mm_flags_clear(MMF_UNSTABLE, a.mm);
	KUNIT_EXPECT_EQ(test, task->ret, -EFAULT);
	KUNIT_EXPECT_EQ(test, mmk_mmap_lock_count(a.mm), 0L);
	mmk_mirror_remove(test, a.mirror);
}

static struct kunit_case walker_driver_cases[] = {
	KUNIT_CASE_PARAM(device_page_is_reported_to_its_owner,
			 owner_gen_params),
	KUNIT_CASE_PARAM(flag_of_the_driver_is_kept, kept_gen_params),
	KUNIT_CASE_PARAM(fault_without_mmap_lock_is_served, wait_gen_params),
	KUNIT_CASE(killed_driver_gives_up),
	KUNIT_CASE(pages_of_an_unstable_mm_are_not_asked_for),
	{}
};

static struct kunit_suite walker_driver_suite = {
	.name = "walker_driver",
	.init = mmk_case_init,
	.test_cases = walker_driver_cases,
};

kunit_test_suite(walker_driver_suite);
