// SPDX-License-Identifier: GPL-2.0
/*
 * An MMU notifier that logs its calls.
 */
#include <kunit/test.h>
#include <linux/mm.h>
#include <linux/mmu_notifier.h>
#include <linux/pagemap.h>

#include "notifier.h"
#include "pte.h"

static void notifier_log(struct mmk_notifier *n, bool at_end,
			 const struct mmu_notifier_range *range)
{
	if (n->nr < ARRAY_SIZE(n->log))
		n->log[n->nr] = (struct mmk_notifier_event){
			.at_end = at_end,
			.event = range->event,
			.owner = range->owner,
			.start = range->start,
			.end = range->end,
			.flags = range->flags,
			.pte = mmk_pte_kind(range->mm, n->watch),
		};
	n->nr++;
}

static int notifier_start(struct mmu_notifier *mn,
			  const struct mmu_notifier_range *range)
{
	notifier_log(container_of(mn, struct mmk_notifier, mn), false, range);
	return 0;
}

static void notifier_end(struct mmu_notifier *mn,
			 const struct mmu_notifier_range *range)
{
	struct mmk_notifier *n = container_of(mn, struct mmk_notifier, mn);

	notifier_log(n, true, range);
	if (n->unlock_at_end) {
		folio_unlock(n->unlock_at_end);
		n->unlock_at_end = NULL;
	}
}

static const struct mmu_notifier_ops notifier_ops = {
	.invalidate_range_start	= notifier_start,
	.invalidate_range_end	= notifier_end,
};

static void notifier_release(void *data)
{
	struct mmk_notifier *n = data;

	mmu_notifier_unregister(&n->mn, n->mn.mm);
}

/**
 * mmk_notifier_alloc() - Log the calls of an MMU notifier
 * @test: the case
 * @mm: the address space, which has to outlive the notifier
 * @watch: user address whose pte is logged with each call
 *
 * Return: the notifier, registered until the case ends or mmk_notifier_stop().
 */
struct mmk_notifier *mmk_notifier_alloc(struct kunit *test,
					struct mm_struct *mm,
					unsigned long watch)
{
	struct mmk_notifier *n = kunit_kzalloc(test, sizeof(*n), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, n);
	n->mn.ops = &notifier_ops;
	n->watch = watch;
	KUNIT_ASSERT_EQ(test, mmu_notifier_register(&n->mn, mm), 0);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, notifier_release,
							n), 0);
	return n;
}

/**
 * mmk_notifier_stop() - Unregister an MMU notifier
 * @test: the case
 * @n: from mmk_notifier_alloc(); its log stays
 */
void mmk_notifier_stop(struct kunit *test, struct mmk_notifier *n)
{
	kunit_release_action(test, notifier_release, n);
}
