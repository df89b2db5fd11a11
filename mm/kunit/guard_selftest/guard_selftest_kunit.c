// SPDX-License-Identifier: GPL-2.0
/*
 * Cases that misbehave on purpose. Each wants a boot of its own. The line
 * "Guard:" of its kernel-doc has the verdict that the run must come to, and a
 * part of the report that it must quote ("-" where there is none).
 */
#include <kunit/test.h>
#include <linux/completion.h>
#include <linux/kthread.h>
#include <linux/list.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/pagemap.h>
#include <linux/reboot.h>
#include <linux/sched/mm.h>
#include <linux/slab.h>

#include "../../internal.h"
#include "../lib/device.h"
#include "../lib/guard.h"
#include "../lib/mm.h"
#include "../lib/pte.h"

/**
 * behaves() - Nothing is wrong here
 *
 * Guard: passed -
 */
static void behaves(struct kunit *test)
{
	KUNIT_EXPECT_TRUE(test, true);
}

/**
 * fails_an_expectation() - An ordinary failure
 *
 * Guard: failed EXPECTATION FAILED
 */
static void fails_an_expectation(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, 1, 2);
}

/**
 * fails_an_assertion() - An ordinary failure that ends the case
 *
 * Guard: failed ASSERTION FAILED
 */
static void fails_an_assertion(struct kunit *test)
{
	KUNIT_ASSERT_EQ(test, 1, 2);
}

/**
 * skips() - A case that does not apply
 *
 * Guard: skipped -
 */
static void skips(struct kunit *test)
{
	kunit_skip(test, "for a reason");
}

/**
 * dereferences_null() - Oops
 *
 * Guard: crashed Kernel panic
 */
static void dereferences_null(struct kunit *test)
{
	int *p = NULL;

	OPTIMIZER_HIDE_VAR(p);
	WRITE_ONCE(*p, 1);
}

/**
 * runs_into_bug() - BUG()
 *
 * Guard: crashed BUG: failure at
 */
static void runs_into_bug(struct kunit *test)
{
	BUG();
}

/**
 * panics() - panic()
 *
 * Guard: crashed Kernel panic
 */
static void panics(struct kunit *test)
{
	panic("on purpose");
}

static noinline int recurse(int depth)
{
	char frame[1024];

	memset(frame, depth, sizeof(frame));
	barrier_data(frame);
	return depth ? recurse(depth + 1) + frame[0] : 0;
}

/**
 * overflows_its_stack() - Recursion without end
 *
 * Guard: crashed Kernel panic
 */
static void overflows_its_stack(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, recurse(1), 0);
}

/**
 * runs_into_vm_bug_on() - VM_BUG_ON_FOLIO()
 *
 * Guard: crashed page dumped because: VM_BUG_ON_FOLIO
 */
static void runs_into_vm_bug_on(struct kunit *test)
{
	struct folio *folio = folio_alloc(GFP_KERNEL, 0);

	VM_BUG_ON_FOLIO(folio, folio);
}

/**
 * warns() - WARN()
 *
 * Guard: failed WARNING:
 */
static void warns(struct kunit *test)
{
	WARN(true, "on purpose\n");
}

/**
 * warns_once() - WARN_ONCE()
 *
 * Guard: failed WARNING:
 */
static void warns_once(struct kunit *test)
{
	WARN_ONCE(true, "on purpose\n");
}

/**
 * corrupts_a_list() - An entry that is added twice
 *
 * Guard: failed list_add double add
 */
static void corrupts_a_list(struct kunit *test)
{
	static struct list_head entry;
	static LIST_HEAD(list);

	list_add(&entry, &list);
	list_add(&entry, &list);
}

/**
 * sleeps_in_atomic() - Sleeps with preemption off
 *
 * Guard: failed sleeping function called from invalid context
 */
static void sleeps_in_atomic(struct kunit *test)
{
	preempt_disable();
	might_sleep();
	preempt_enable();
}

/**
 * sleeps_in_rcu_section() - Sleeps under rcu_read_lock()
 *
 * Guard: failed Voluntary context switch within RCU
 */
static void sleeps_in_rcu_section(struct kunit *test)
{
	rcu_read_lock();
	schedule_timeout_uninterruptible(1);
	rcu_read_unlock();
}

/**
 * inverts_locks() - Two locks, taken in both orders
 *
 * Guard: failed possible circular locking dependency
 */
static void inverts_locks(struct kunit *test)
{
	static DEFINE_MUTEX(a);
	static DEFINE_MUTEX(b);

	mutex_lock(&a);
	mutex_lock(&b);
	mutex_unlock(&b);
	mutex_unlock(&a);
	mutex_lock(&b);
	mutex_lock(&a);
	mutex_unlock(&a);
	mutex_unlock(&b);
}

/**
 * ends_with_a_lock_held() - A mutex that is never given back
 *
 * Guard: failed still has locks held
 */
static void ends_with_a_lock_held(struct kunit *test)
{
	static DEFINE_MUTEX(lock);

	mutex_lock(&lock);
}

/**
 * ends_with_preemption_off() - A preempt count that is off by one
 *
 * Guard: failed invalid context
 */
static void ends_with_preemption_off(struct kunit *test)
{
	preempt_disable();
}

static int use_after_free(void *data)
{
	char *p = kmalloc(64, GFP_KERNEL);

	OPTIMIZER_HIDE_VAR(p);
	kfree(p);
	WRITE_ONCE(*p, 1);
	complete(data);
	return 0;
}

/**
 * uses_freed_memory_in_a_thread() - KASAN report that is not the case's own
 *
 * Guard: failed KASAN: slab-use-after-free
 */
static void uses_freed_memory_in_a_thread(struct kunit *test)
{
	DECLARE_COMPLETION_ONSTACK(done);

	if (!IS_ENABLED(CONFIG_KASAN))
		kunit_skip(test, "needs CONFIG_KASAN");
	kthread_run(use_after_free, &done, "guard_selftest");
	wait_for_completion(&done);
}

static int shift_out_of_bounds(void *data)
{
	int by = 77;

	OPTIMIZER_HIDE_VAR(by);
	by = 1 << by;
	OPTIMIZER_HIDE_VAR(by);
	complete(data);
	return 0;
}

/**
 * shifts_too_far_in_a_thread() - UBSAN report that is not the case's own
 *
 * Guard: failed UBSAN: shift-out-of-bounds
 */
static void shifts_too_far_in_a_thread(struct kunit *test)
{
	DECLARE_COMPLETION_ONSTACK(done);

	if (!IS_ENABLED(CONFIG_UBSAN_SHIFT))
		kunit_skip(test, "needs CONFIG_UBSAN_SHIFT");
	kthread_run(shift_out_of_bounds, &done, "guard_selftest");
	wait_for_completion(&done);
}

/**
 * frees_a_page_in_bad_state() - A page that still has a mapping
 *
 * Guard: failed Bad page state
 */
static void frees_a_page_in_bad_state(struct kunit *test)
{
	struct page *page = alloc_page(GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, page);
	page->mapping = (void *)test;
	__free_page(page);
}

/**
 * maps_a_page_twice() - CONFIG_PAGE_TABLE_CHECK
 *
 * Two ptes map the same private page, and both are writable.
 *
 * Guard: crashed mm/page_table_check.c
 */
static void maps_a_page_twice(struct kunit *test)
{
	struct mm_struct *mm;
	unsigned long addr;

	if (!IS_ENABLED(CONFIG_PAGE_TABLE_CHECK))
		kunit_skip(test, "needs CONFIG_PAGE_TABLE_CHECK");
	mm = mmk_mm_enter(test);
	addr = mmk_map_anon(test, 2);
	mmk_fill(test, addr, 2, 1);
	mmk_pte_store(mm, addr + PAGE_SIZE, mmk_pte(mm, addr));
}

/**
 * loops_for_ever() - Interrupts on
 *
 * Guard: hung -
 */
static void loops_for_ever(struct kunit *test)
{
	for (;;)
		cpu_relax();
}

/**
 * loops_for_ever_without_interrupts() - Interrupts off
 *
 * Guard: hung -
 */
static void loops_for_ever_without_interrupts(struct kunit *test)
{
	local_irq_disable();
	for (;;)
		cpu_relax();
}

/**
 * sleeps_for_ever() - Nobody will wake it
 *
 * Guard: hung -
 */
static void sleeps_for_ever(struct kunit *test)
{
	for (;;) {
		set_current_state(TASK_UNINTERRUPTIBLE);
		schedule();
	}
}

/**
 * leaks_a_page() - A page that is never freed
 *
 * Guard: failed pages leaked: unaccounted for
 */
static void leaks_a_page(struct kunit *test)
{
	KUNIT_EXPECT_NOT_NULL(test, alloc_page(GFP_KERNEL));
}

/**
 * leaks_a_folio_reference() - One reference too many on a folio of user memory
 *
 * Guard: failed pages leaked: inactive anon
 */
static void leaks_a_folio_reference(struct kunit *test)
{
	struct mm_struct *mm = mmk_mm_enter(test);
	unsigned long addr = mmk_map_anon(test, 1);

	mmk_fill(test, addr, 1, 1);
	folio_get(mmk_pte_folio(test, mm, addr));
}

/**
 * leaks_an_isolated_folio() - A folio of user memory that is never put back
 *
 * Guard: failed pages leaked: unaccounted for
 */
static void leaks_an_isolated_folio(struct kunit *test)
{
	struct mm_struct *mm = mmk_mm_enter(test);
	unsigned long addr = mmk_map_anon(test, 1);

	mmk_fill(test, addr, 1, 1);
	lru_add_drain_all();
	KUNIT_EXPECT_TRUE(test,
			  folio_isolate_lru(mmk_pte_folio(test, mm, addr)));
}

/**
 * leaks_a_device_page() - A device page with one reference too many
 *
 * Guard: failed device page(s) leaked
 */
static void leaks_a_device_page(struct kunit *test)
{
	struct mmk_dev *dev = mmk_dev_create(test, MEMORY_DEVICE_PRIVATE);

	unlock_page(mmk_dev_get_page(test, dev));
}

static int sleep_for_ever(void *data)
{
	for (;;) {
		set_current_state(TASK_IDLE);
		schedule();
	}
	return 0;
}

/**
 * leaks_a_thread() - A kernel thread that nobody stops
 *
 * Guard: failed threads leaked
 */
static void leaks_a_thread(struct kunit *test)
{
	kthread_run(sleep_for_ever, NULL, "guard_selftest");
}

/**
 * leaks_an_mm_user() - mmget() without mmput()
 *
 * Guard: failed mm leaked
 */
static void leaks_an_mm_user(struct kunit *test)
{
	mmget(mmk_mm_enter(test));
}

/**
 * leaks_an_mm_reference() - mmgrab() without mmdrop()
 *
 * Guard: failed pages leaked: unaccounted for
 */
static void leaks_an_mm_reference(struct kunit *test)
{
	mmgrab(mmk_mm_enter(test));
}

/**
 * counts_a_page_too_many() - An RSS counter that is off by one
 *
 * Guard: failed Bad rss-counter state
 */
static void counts_a_page_too_many(struct kunit *test)
{
	inc_mm_counter(mmk_mm_enter(test), MM_ANONPAGES);
}

/**
 * halts_the_machine() - The log ends in the middle
 *
 * Guard: crashed -
 */
static void halts_the_machine(struct kunit *test)
{
	kernel_halt();
}

static struct kunit_case guard_selftest_cases[] = {
	KUNIT_CASE(behaves),
	KUNIT_CASE(fails_an_expectation),
	KUNIT_CASE(fails_an_assertion),
	KUNIT_CASE(skips),
	KUNIT_CASE(dereferences_null),
	KUNIT_CASE(runs_into_bug),
	KUNIT_CASE(panics),
	KUNIT_CASE(overflows_its_stack),
	KUNIT_CASE(runs_into_vm_bug_on),
	KUNIT_CASE(warns),
	KUNIT_CASE(warns_once),
	KUNIT_CASE(corrupts_a_list),
	KUNIT_CASE(sleeps_in_atomic),
	KUNIT_CASE(sleeps_in_rcu_section),
	KUNIT_CASE(inverts_locks),
	KUNIT_CASE(ends_with_a_lock_held),
	KUNIT_CASE(ends_with_preemption_off),
	KUNIT_CASE(uses_freed_memory_in_a_thread),
	KUNIT_CASE(shifts_too_far_in_a_thread),
	KUNIT_CASE(frees_a_page_in_bad_state),
	KUNIT_CASE(maps_a_page_twice),
	KUNIT_CASE(loops_for_ever),
	KUNIT_CASE(loops_for_ever_without_interrupts),
	KUNIT_CASE(sleeps_for_ever),
	KUNIT_CASE(leaks_a_page),
	KUNIT_CASE(leaks_a_folio_reference),
	KUNIT_CASE(leaks_an_isolated_folio),
	KUNIT_CASE(leaks_a_device_page),
	KUNIT_CASE(leaks_a_thread),
	KUNIT_CASE(leaks_an_mm_user),
	KUNIT_CASE(leaks_an_mm_reference),
	KUNIT_CASE(counts_a_page_too_many),
	KUNIT_CASE(halts_the_machine),
	{}
};

static struct kunit_suite guard_selftest_suite = {
	.name = "guard_selftest",
	.init = mmk_case_init,
	.test_cases = guard_selftest_cases,
};

static int refuse(struct kunit_suite *suite)
{
	return -EIO;
}

/**
 * does_not_get_to_run() - A case of a suite that could not be set up
 *
 * Guard: missing -
 */
static void does_not_get_to_run(struct kunit *test)
{
}

static struct kunit_case guard_selftest_missing_cases[] = {
	KUNIT_CASE(does_not_get_to_run),
	{}
};

static struct kunit_suite guard_selftest_missing_suite = {
	.name = "guard_selftest_missing",
	.suite_init = refuse,
	.test_cases = guard_selftest_missing_cases,
};

kunit_test_suites(&guard_selftest_suite, &guard_selftest_missing_suite);
