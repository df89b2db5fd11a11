// SPDX-License-Identifier: GPL-2.0
/*
 * userfaultfd under the per-VMA lock: a fault on a missing page drops the lock
 * and waits for the monitor. The expectations are from
 * Documentation/admin-guide/mm/userfaultfd.rst and the kernel-doc of
 * handle_mm_fault().
 */
#include <kunit/test.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>

#include "../../internal.h"
#include "../compat/vma.h"
#include "../lib/guard.h"
#include "../lib/mm.h"
#include "../lib/pte.h"
#include "../lib/swap.h"
#include "../lib/task.h"
#include "../lib/uffd.h"

#ifdef CONFIG_USERFAULTFD
#define NR_PAGES	3

/* The pages before they are registered */
#define PAGE_THERE	0
#define PAGE_MISSING	1
#define PAGE_SWAPPED	2

/**
 * struct monitor - A userfaultfd that watches a few pages
 * @mm: whose pages
 * @uffd: the userfaultfd
 * @addr: the pages
 */
struct monitor {
	struct mm_struct *mm;
	struct mmk_uffd *uffd;
	unsigned long addr;
};

/* Registers a userfaultfd for missing pages. */
static struct monitor *monitor_create(struct kunit *test)
{
	struct monitor *monitor = kunit_kzalloc(test, sizeof(*monitor),
						GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, monitor);
	monitor->mm = mmk_mm_enter(test);
	mmk_swap_on(test);
	monitor->uffd = mmk_uffd_open(test);
	monitor->addr = mmk_map_anon(test, NR_PAGES);
	mmk_fill(test, monitor->addr, NR_PAGES, 1);
	KUNIT_ASSERT_EQ(test, do_madvise(monitor->mm, monitor->addr +
					 PAGE_MISSING * PAGE_SIZE, PAGE_SIZE,
					 MADV_DONTNEED), 0);
	KUNIT_ASSERT_EQ(test, mmk_pageout(monitor->addr + PAGE_SWAPPED *
					  PAGE_SIZE, PAGE_SIZE), 0);
	MMK_EXPECT_PTE(test, monitor->mm, monitor->addr + PAGE_SWAPPED *
		       PAGE_SIZE, SWAP);
	mmk_uffd_register(test, monitor->uffd, monitor->addr,
			  NR_PAGES * PAGE_SIZE);
	return monitor;
}

/* The monitor fills the missing page with zeroes. */
static void monitor_serve(struct kunit *test, struct monitor *monitor)
{
	mmk_uffd_zero(test, monitor->uffd,
		      monitor->addr + PAGE_MISSING * PAGE_SIZE);
}

/* Expects that neither mmap_lock nor the VMA lock is held. */
static void expect_locks_free(struct kunit *test, struct monitor *monitor)
{
	long idle, count;

	KUNIT_EXPECT_EQ(test, mmk_mmap_lock_count(monitor->mm), 0L);
	mmap_read_lock(monitor->mm);
	idle = mmk_vma_lock_count(vma_lookup(monitor->mm, monitor->uffd->arg));
	count = mmk_vma_lock_count(vma_lookup(monitor->mm, monitor->addr));
	mmap_read_unlock(monitor->mm);
	KUNIT_EXPECT_EQ(test, count, idle);
}

struct uffd_case {
	const char *description;
	unsigned int flags;
	enum mmk_lock lock;
};

#define WAITS (FAULT_FLAG_ALLOW_RETRY | FAULT_FLAG_KILLABLE | FAULT_FLAG_USER)

static const struct uffd_case wait_cases[] = {
	{ "read, VMA lock", WAITS, MMK_VMA_LOCK },
	{ "read, mmap_lock", WAITS, MMK_MMAP_LOCK },
	{ "write, VMA lock", WAITS | FAULT_FLAG_WRITE, MMK_VMA_LOCK },
	{ "write, mmap_lock", WAITS | FAULT_FLAG_WRITE, MMK_MMAP_LOCK },
	{ "read again, VMA lock", WAITS | FAULT_FLAG_TRIED, MMK_VMA_LOCK },
	{ "read again, mmap_lock", WAITS | FAULT_FLAG_TRIED, MMK_MMAP_LOCK },
};

KUNIT_ARRAY_PARAM_DESC(wait, wait_cases, description);

/**
 * missing_page_wait_drops_lock() - userfaultfd, missing page
 *
 * A fault on a missing page drops its lock and sleeps. When the monitor has
 * filled the page, the fault returns VM_FAULT_RETRY, and the retry is served.
 *
 * Contract: SF-8, SF-9, SF-10
 */
static void missing_page_wait_drops_lock(struct kunit *test)
{
	const struct uffd_case *c = test->param_value;
	struct monitor *monitor;
	struct mmk_fault *fault;
	unsigned long addr;

	mmk_need_lock(test, c->lock);
	monitor = monitor_create(test);
	addr = monitor->addr + PAGE_MISSING * PAGE_SIZE;
	fault = mmk_fault_alloc(test, monitor->mm, addr, c->flags, c->lock);
	fault->retry = true;
	mmk_task_start(&fault->task);
	KUNIT_EXPECT_TRUE(test, mmk_task_sleeps_in(&fault->task,
						   "handle_userfault"));
	expect_locks_free(test, monitor);
	MMK_EXPECT_PTE(test, monitor->mm, addr, NONE);

	monitor_serve(test, monitor);
	KUNIT_EXPECT_TRUE(test, mmk_task_join(&fault->task));
	KUNIT_EXPECT_EQ(test, fault->first_ret, VM_FAULT_RETRY);
	KUNIT_EXPECT_FALSE(test, fault->lock_held);
	KUNIT_EXPECT_EQ(test, fault->ret, 0U);
	KUNIT_EXPECT_EQ(test, fault->tries, 2U);
	expect_locks_free(test, monitor);
	MMK_EXPECT_PTE(test, monitor->mm, addr, PRESENT);
	KUNIT_EXPECT_EQ(test, !!pte_write(mmk_pte(monitor->mm, addr)),
			!!(c->flags & FAULT_FLAG_WRITE));
}

/**
 * nowait_skips_missing_page() - FAULT_FLAG_RETRY_NOWAIT
 *
 * The fault returns VM_FAULT_RETRY at once, with mmap_lock still held and
 * nothing mapped. Under the VMA lock, handle_mm_fault() does not accept this
 * flag.
 *
 * Contract: SF-3, SF-8, SF-10
 */
static void nowait_skips_missing_page(struct kunit *test)
{
	const unsigned int flags = FAULT_FLAG_ALLOW_RETRY |
				   FAULT_FLAG_RETRY_NOWAIT | FAULT_FLAG_USER;
	struct monitor *monitor = monitor_create(test);
	struct mmk_fault *fault;

	fault = mmk_fault_alloc(test, monitor->mm, monitor->addr +
				PAGE_MISSING * PAGE_SIZE, flags, MMK_MMAP_LOCK);
	mmk_task_start(&fault->task);
	KUNIT_ASSERT_TRUE_MSG(test, mmk_task_join(&fault->task),
			      "the fault waits for the monitor");
	KUNIT_EXPECT_EQ(test, fault->ret, VM_FAULT_RETRY);
	KUNIT_EXPECT_TRUE(test, fault->lock_held);
	expect_locks_free(test, monitor);
	MMK_EXPECT_PTE(test, monitor->mm, fault->addr, NONE);
}

static const struct uffd_case lock_cases[] = {
	{ "VMA lock", FAULT_FLAG_ALLOW_RETRY | FAULT_FLAG_KILLABLE,
	  MMK_VMA_LOCK },
	{ "mmap_lock", FAULT_FLAG_ALLOW_RETRY | FAULT_FLAG_KILLABLE,
	  MMK_MMAP_LOCK },
};

KUNIT_ARRAY_PARAM_DESC(lock, lock_cases, description);

/**
 * kernel_fault_is_refused() - UFFD_USER_MODE_ONLY
 *
 * The monitor handles user faults only. A fault of the kernel on a missing page
 * does not sleep, and returns VM_FAULT_SIGBUS with the lock still held.
 *
 * Contract: SF-8, SF-10
 */
static void kernel_fault_is_refused(struct kunit *test)
{
	const struct uffd_case *c = test->param_value;
	struct monitor *monitor;
	struct mmk_fault *fault;

	mmk_need_lock(test, c->lock);
	monitor = monitor_create(test);
	fault = mmk_fault_alloc(test, monitor->mm, monitor->addr +
				PAGE_MISSING * PAGE_SIZE, c->flags, c->lock);
	mmk_task_start(&fault->task);
	KUNIT_ASSERT_TRUE_MSG(test, mmk_task_join(&fault->task),
			      "the fault waits for the monitor");
	KUNIT_EXPECT_EQ(test, fault->ret, VM_FAULT_SIGBUS);
	KUNIT_EXPECT_TRUE(test, fault->lock_held);
	expect_locks_free(test, monitor);
	MMK_EXPECT_PTE(test, monitor->mm, fault->addr, NONE);
}

/**
 * swapped_page_needs_no_monitor() - A swap entry is not a missing page
 *
 * A fault on a swap entry in a VMA that a monitor watches is served at once,
 * under either lock, with the right bytes.
 *
 * Contract: SF-1, SF-8, SF-9
 */
static void swapped_page_needs_no_monitor(struct kunit *test)
{
	const struct uffd_case *c = test->param_value;
	struct monitor *monitor;
	struct mmk_fault *fault;

	mmk_need_lock(test, c->lock);
	monitor = monitor_create(test);
	fault = mmk_fault_alloc(test, monitor->mm, monitor->addr +
				PAGE_SWAPPED * PAGE_SIZE,
				c->flags | FAULT_FLAG_USER, c->lock);
	mmk_task_start(&fault->task);
	KUNIT_ASSERT_TRUE_MSG(test, mmk_task_join(&fault->task),
			      "the fault waits for the monitor");
	KUNIT_EXPECT_EQ(test, fault->ret & ~VM_FAULT_MAJOR, 0U);
	KUNIT_EXPECT_TRUE(test, fault->lock_held);
	expect_locks_free(test, monitor);
	MMK_EXPECT_PTE(test, monitor->mm, fault->addr, PRESENT);
	MMK_EXPECT_PART_HOLDS(test, monitor->mm, fault->addr, PAGE_SWAPPED, 1, 1);
}

/**
 * sigkill_ends_monitor_wait() - A fatal signal
 *
 * A process whose fault waits for the monitor is killed. The fault returns
 * VM_FAULT_RETRY, with the lock dropped and nothing mapped.
 *
 * Contract: SF-4, SF-8, SF-10
 */
static void sigkill_ends_monitor_wait(struct kunit *test)
{
	const struct uffd_case *c = test->param_value;
	struct monitor *monitor;
	struct mmk_fault *fault;

	mmk_need_lock(test, c->lock);
	monitor = monitor_create(test);
	fault = mmk_process_fault_alloc(test, monitor->addr +
					PAGE_MISSING * PAGE_SIZE,
					c->flags | FAULT_FLAG_USER, c->lock);
	mmk_process_start(&fault->task);
	KUNIT_ASSERT_TRUE(test, mmk_task_sleeps_in(&fault->task,
						   "handle_userfault"));

	KUNIT_EXPECT_EQ(test, kill_pid(task_pid(fault->task.task), SIGKILL, 1),
			0);
	KUNIT_ASSERT_TRUE_MSG(test, mmk_task_join(&fault->task),
			      "the killed task still waits for the monitor");
	KUNIT_EXPECT_EQ(test, fault->ret, VM_FAULT_RETRY);
	KUNIT_EXPECT_FALSE(test, fault->lock_held);
	expect_locks_free(test, monitor);
	MMK_EXPECT_PTE(test, monitor->mm, fault->addr, NONE);
}

static struct kunit_case swap_fault_uffd_cases[] = {
	KUNIT_CASE_PARAM(missing_page_wait_drops_lock, wait_gen_params),
	KUNIT_CASE(nowait_skips_missing_page),
	KUNIT_CASE_PARAM(kernel_fault_is_refused, lock_gen_params),
	KUNIT_CASE_PARAM(swapped_page_needs_no_monitor, lock_gen_params),
	KUNIT_CASE_PARAM(sigkill_ends_monitor_wait, lock_gen_params),
	{}
};

static struct kunit_suite swap_fault_uffd_suite = {
	.name = "swap_fault_uffd",
	.init = mmk_case_init,
	.test_cases = swap_fault_uffd_cases,
};

kunit_test_suite(swap_fault_uffd_suite);
#endif /* CONFIG_USERFAULTFD */
