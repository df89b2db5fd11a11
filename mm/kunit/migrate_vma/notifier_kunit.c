// SPDX-License-Identifier: GPL-2.0
/*
 * MMU notifiers: one that refuses, and such as come and go. What to expect is in
 * the comments of struct mmu_notifier_ops: who was told of the start is told of
 * the end; and in those of mmu_interval_notifier_remove() and
 * mmu_interval_read_begin().
 */
#include <kunit/test.h>
#include <linux/mm.h>
#include <linux/mmu_notifier.h>
#include <linux/slab.h>

#include "../lib/guard.h"
#include "../lib/mm.h"
#include "../lib/task.h"

/**
 * struct told - What an MMU notifier has been told of
 * @mn: the notifier
 * @refuses: it refuses what must not sleep, and has no invalidate_range_end
 * @starts: calls of invalidate_range_start
 * @ends: calls of invalidate_range_end
 * @last: the range of the last call
 */
struct told {
	struct mmu_notifier mn;
	bool refuses;
	unsigned int starts;
	unsigned int ends;
	struct mmu_notifier_range last;
};

static int told_start(struct mmu_notifier *mn,
		      const struct mmu_notifier_range *range)
{
	struct told *t = container_of(mn, struct told, mn);

	t->starts++;
	t->last = *range;
	return t->refuses && !mmu_notifier_range_blockable(range) ? -EAGAIN : 0;
}

static void told_end(struct mmu_notifier *mn,
		     const struct mmu_notifier_range *range)
{
	struct told *t = container_of(mn, struct told, mn);

	t->ends++;
	t->last = *range;
}

static const struct mmu_notifier_ops pair_ops = {
	.invalidate_range_start	= told_start,
	.invalidate_range_end	= told_end,
};

static const struct mmu_notifier_ops start_ops = {
	.invalidate_range_start	= told_start,
};

static void told_release(void *data)
{
	struct told *t = data;

	mmu_notifier_unregister(&t->mn, t->mn.mm);
}

static struct told *told_register(struct kunit *test, struct mm_struct *mm,
				  bool refuses)
{
	struct told *t = kunit_kzalloc(test, sizeof(*t), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, t);
	t->refuses = refuses;
	t->mn.ops = refuses ? &start_ops : &pair_ops;
	KUNIT_ASSERT_EQ(test, mmu_notifier_register(&t->mn, mm), 0);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, told_release, t),
			0);
	return t;
}

/**
 * struct refusal_case - In which order the notifiers are called
 * @description: for the KTAP line
 * @refuser: which of three refuses; 3: none of them
 */
struct refusal_case {
	const char *description;
	unsigned int refuser;
};

static const struct refusal_case refusal_cases[] = {
	{ "the first that is registered refuses", 0 },
	{ "the second refuses", 1 },
	{ "the last refuses", 2 },
	{ "none refuses", 3 },
};

KUNIT_ARRAY_PARAM_DESC(refusal, refusal_cases, description);

/**
 * refused_start_has_an_end() - mmu_notifier_invalidate_range_start_nonblock()
 *
 * One notifier refuses a start that must not sleep, and the caller is told so.
 * Those that have agreed are told of the end, once, with the same range. If
 * none refuses, they are told of it by the caller. A start that may sleep is
 * not refused.
 *
 * Contract: MV-12
 */
static void refused_start_has_an_end(struct kunit *test)
{
	const struct refusal_case *c = test->param_value;
	struct mm_struct *mm = mmk_mm_enter(test);
	unsigned long addr = mmk_map_anon(test, 1);
	struct mmu_notifier_range range;
	struct told *told[3];
	unsigned int i;
	int ret;

	for (i = 0; i < ARRAY_SIZE(told); i++)
		told[i] = told_register(test, mm, i == c->refuser);
	mmu_notifier_range_init(&range, MMU_NOTIFY_CLEAR, 0, mm, addr,
				addr + PAGE_SIZE);
	mmap_read_lock(mm);
	ret = mmu_notifier_invalidate_range_start_nonblock(&range);
	mmap_read_unlock(mm);
	KUNIT_EXPECT_EQ(test, !!ret, c->refuser < ARRAY_SIZE(told));
	for (i = 0; i < ARRAY_SIZE(told); i++) {
		KUNIT_EXPECT_EQ_MSG(test, told[i]->starts, 1U, "notifier %u", i);
		KUNIT_EXPECT_EQ_MSG(test, told[i]->ends,
				    (unsigned int)(ret && !told[i]->refuses),
				    "notifier %u", i);
		KUNIT_EXPECT_EQ(test, told[i]->last.start, addr);
		KUNIT_EXPECT_EQ(test, told[i]->last.end, addr + PAGE_SIZE);
	}
	if (!ret)
		mmu_notifier_invalidate_range_end(&range);

	mmu_notifier_invalidate_range_start(&range);
	mmu_notifier_invalidate_range_end(&range);
	for (i = 0; i < ARRAY_SIZE(told); i++) {
		KUNIT_EXPECT_EQ_MSG(test, told[i]->starts, 2U, "notifier %u", i);
		if (!told[i]->refuses)
			KUNIT_EXPECT_EQ_MSG(test, told[i]->ends, 2U,
					    "notifier %u", i);
	}
}

/**
 * struct interval - An interval notifier, and a task that uses it
 * @task: the thread
 * @sub: the notifier
 * @calls: calls of invalidate
 * @seq: what mmu_interval_read_begin() returned
 */
struct interval {
	struct mmk_task task;
	struct mmu_interval_notifier sub;
	unsigned int calls;
	unsigned long seq;
};

static bool interval_invalidate(struct mmu_interval_notifier *sub,
				const struct mmu_notifier_range *range,
				unsigned long cur_seq)
{
	container_of(sub, struct interval, sub)->calls++;
	mmu_interval_set_seq(sub, cur_seq);
	return true;
}

static const struct mmu_interval_notifier_ops interval_ops = {
	.invalidate	= interval_invalidate,
};

static void interval_remove(struct mmk_task *task)
{
	struct interval *i = container_of(task, struct interval, task);

	mmu_interval_notifier_remove(&i->sub);
}

static void interval_read(struct mmk_task *task)
{
	struct interval *i = container_of(task, struct interval, task);

	i->seq = mmu_interval_read_begin(&i->sub);
}

static struct interval *interval_alloc(struct kunit *test, struct mm_struct *mm,
				       unsigned long addr,
				       void (*fn)(struct mmk_task *task))
{
	struct interval *i = mmk_task_alloc(test, sizeof(*i), mm, fn);

	KUNIT_ASSERT_EQ(test, mmu_interval_notifier_insert(&i->sub, mm, addr,
							   PAGE_SIZE,
							   &interval_ops), 0);
	return i;
}

static void range_init(struct mmu_notifier_range *range, struct mm_struct *mm,
		       unsigned long addr)
{
	mmu_notifier_range_init(range, MMU_NOTIFY_CLEAR, 0, mm, addr,
				addr + PAGE_SIZE);
}

/**
 * removed_interval_is_called_no_more() - mmu_interval_notifier_remove()
 *
 * It is called while the range is being invalidated, and sleeps until that has
 * ended: once it returns, no callback is running, and none will be called. The
 * memory of the notifier may go.
 *
 * Contract: MV-12
 */
static void removed_interval_is_called_no_more(struct kunit *test)
{
	struct mm_struct *mm = mmk_mm_enter(test);
	unsigned long addr = mmk_map_anon(test, 1);
	struct interval *i = interval_alloc(test, mm, addr, interval_remove);
	struct mmu_notifier_range range, other;

	range_init(&range, mm, addr);
	mmu_notifier_invalidate_range_start(&range);
	KUNIT_EXPECT_EQ(test, i->calls, 1U);
	mmk_task_start(&i->task);
	KUNIT_EXPECT_TRUE(test, mmk_task_sleeps_in(&i->task,
						   "mmu_interval_notifier_remove"));
	mmu_notifier_invalidate_range_end(&range);
	KUNIT_ASSERT_TRUE(test, mmk_task_join(&i->task));
	range_init(&other, mm, addr);
	mmu_notifier_invalidate_range_start(&other);
	mmu_notifier_invalidate_range_end(&other);
	KUNIT_EXPECT_EQ(test, i->calls, 1U);
}

/**
 * interval_may_come_and_go_during_invalidation() - Insert, and remove
 *
 * Another notifier is inserted while the range is being invalidated, and removed
 * before that has ended. It is never called. One that stays is called the next
 * time.
 *
 * Contract: MV-12
 */
static void interval_may_come_and_go_during_invalidation(struct kunit *test)
{
	struct mm_struct *mm = mmk_mm_enter(test);
	unsigned long addr = mmk_map_anon(test, 1);
	struct interval *i[3];
	struct mmu_notifier_range range;

	/* Without one in the range, nothing is invalidated. */
	i[0] = interval_alloc(test, mm, addr, interval_read);
	range_init(&range, mm, addr);
	mmu_notifier_invalidate_range_start(&range);
	i[1] = interval_alloc(test, mm, addr, interval_read);
	i[2] = interval_alloc(test, mm, addr, interval_read);
	mmu_interval_notifier_remove(&i[1]->sub);
	mmu_notifier_invalidate_range_end(&range);
	KUNIT_EXPECT_EQ(test, i[2]->calls, 0U);
	mmu_notifier_invalidate_range_start(&range);
	mmu_notifier_invalidate_range_end(&range);
	KUNIT_EXPECT_EQ(test, i[0]->calls, 2U);
	KUNIT_EXPECT_EQ(test, i[1]->calls, 0U);
	KUNIT_EXPECT_EQ(test, i[2]->calls, 1U);
	mmu_interval_notifier_remove(&i[0]->sub);
	mmu_interval_notifier_remove(&i[2]->sub);
}

/**
 * reader_waits_for_the_last_invalidation() - mmu_interval_read_begin()
 *
 * Two invalidations of a range overlap. A driver that reads meanwhile sleeps
 * until both have ended. What it reads then is valid, until the next one begins.
 *
 * Contract: MV-12
 */
static void reader_waits_for_the_last_invalidation(struct kunit *test)
{
	struct mm_struct *mm = mmk_mm_enter(test);
	unsigned long addr = mmk_map_anon(test, 1);
	struct interval *i = interval_alloc(test, mm, addr, interval_read);
	struct mmu_notifier_range range[2];
	unsigned int n;

	for (n = 0; n < 2; n++) {
		range_init(&range[n], mm, addr);
		mmu_notifier_invalidate_range_start(&range[n]);
	}
	mmk_task_start(&i->task);
	KUNIT_EXPECT_TRUE(test, mmk_task_sleeps_in(&i->task,
						   "mmu_interval_read_begin"));
	mmu_notifier_invalidate_range_end(&range[0]);
	KUNIT_EXPECT_TRUE(test, mmk_task_sleeps_in(&i->task,
						   "mmu_interval_read_begin"));
	mmu_notifier_invalidate_range_end(&range[1]);
	KUNIT_ASSERT_TRUE(test, mmk_task_join(&i->task));
	i->seq = mmu_interval_read_begin(&i->sub);
	KUNIT_EXPECT_FALSE(test, mmu_interval_read_retry(&i->sub, i->seq));
	mmu_notifier_invalidate_range_start(&range[0]);
	KUNIT_EXPECT_TRUE(test, mmu_interval_read_retry(&i->sub, i->seq));
	mmu_notifier_invalidate_range_end(&range[0]);
	KUNIT_EXPECT_TRUE(test, mmu_interval_read_retry(&i->sub, i->seq));
	mmu_interval_notifier_remove(&i->sub);
}

static struct kunit_case migrate_vma_notifier_cases[] = {
	KUNIT_CASE_PARAM(refused_start_has_an_end, refusal_gen_params),
	KUNIT_CASE(removed_interval_is_called_no_more),
	KUNIT_CASE(interval_may_come_and_go_during_invalidation),
	KUNIT_CASE(reader_waits_for_the_last_invalidation),
	{}
};

static struct kunit_suite migrate_vma_notifier_suite = {
	.name = "migrate_vma_notifier",
	.init = mmk_case_init,
	.test_cases = migrate_vma_notifier_cases,
};

kunit_test_suite(migrate_vma_notifier_suite);
