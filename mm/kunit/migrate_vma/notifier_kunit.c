// SPDX-License-Identifier: GPL-2.0
/*
 * Two MMU notifiers, one of which refuses. What to expect is in the comments of
 * struct mmu_notifier_ops: who was told of the start is told of the end.
 */
#include <kunit/test.h>
#include <linux/mm.h>
#include <linux/mmu_notifier.h>
#include <linux/slab.h>

#include "../lib/guard.h"
#include "../lib/mm.h"

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

static struct kunit_case migrate_vma_notifier_cases[] = {
	KUNIT_CASE_PARAM(refused_start_has_an_end, refusal_gen_params),
	{}
};

static struct kunit_suite migrate_vma_notifier_suite = {
	.name = "migrate_vma_notifier",
	.init = mmk_case_init,
	.test_cases = migrate_vma_notifier_cases,
};

kunit_test_suite(migrate_vma_notifier_suite);
