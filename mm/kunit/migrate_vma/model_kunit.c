// SPDX-License-Identifier: GPL-2.0
/*
 * Long random sequences of what user space and drivers do with pages that move
 * between system and device memory. After each step the kernel is compared with
 * a small model: the bytes that each mm sees, where a page is, which ptes map
 * it, and the counters. The model follows the rules of copy-on-write and
 * Documentation/mm/hmm.rst, not the code.
 *
 * A sequence that fails is shrunk before it is reported. The parameters "seed"
 * and "steps" run one sequence again.
 */
#include <kunit/test.h>
#include <linux/migrate.h>
#include <linux/moduleparam.h>
#include <linux/prandom.h>
#include <linux/slab.h>

#include "../../internal.h"
#include "../lib/device.h"
#include "../lib/guard.h"
#include "../lib/migrate.h"
#include "../lib/mm.h"
#include "model.h"

#define DEFAULT_STEPS	2000
#define MAX_STEPS	20000
/*
 * Attempts to shrink a sequence; a time limit would be of no use in virtual
 * time.
 */
#define SHRINK_TRIES	200

static uint model_seed;
module_param_named(seed, model_seed, uint, 0444);
static uint model_steps = DEFAULT_STEPS;
module_param_named(steps, model_steps, uint, 0444);

static const struct {
	const char *name;
	unsigned int weight;
} step_kinds[NR_STEP_KINDS] = {
	[STEP_READ]	= { "read", 20 },
	[STEP_WRITE]	= { "write", 24 },
	[STEP_FORK]	= { "fork", 3 },
	[STEP_EXIT]	= { "exit", 3 },
	[STEP_PROTECT]	= { "protect", 6 },
	[STEP_UNMAP]	= { "unmap", 3 },
	[STEP_DISCARD]	= { "discard", 4 },
	[STEP_MIGRATE]	= { "migrate", 28 },
	[STEP_UNLOAD]	= { "unload", 2 },
	[STEP_PIN]	= { "pin", 4 },
	[STEP_UNPIN]	= { "unpin", 5 },
};

static bool step_take(struct model *model, const struct step *step)
{
	if (step->mm && !model->mm[step->mm])
		return true;

	switch (step->kind) {
	case STEP_READ:
		return model_step_read(model, step);
	case STEP_WRITE:
		return model_step_write(model, step);
	case STEP_FORK:
		return model_step_fork(model);
	case STEP_EXIT:
		if (step->mm)
			model_child_exit(model, step->mm);
		return true;
	case STEP_PROTECT:
		return model_step_protect(model, step);
	case STEP_UNMAP:
		return model_step_unmap(model, step);
	case STEP_DISCARD:
		return model_step_discard(model, step);
	case STEP_MIGRATE:
		return model_step_migrate(model, step);
	case STEP_UNLOAD:
		return model_step_unload(model, step);
	case STEP_PIN:
		return model_step_pin(model, step);
	default:
		model_unpin(model, step->slot % MAX_PINS);
		return true;
	}
}

/* Unmaps and drops everything. Returns false if something has leaked. */
static bool world_clear(struct model *model)
{
	static const struct step everything = {
		.kind = STEP_UNMAP, .nr = NR_SLOTS,
	};
	unsigned int i;
	bool ok;

	for (i = 1; i < NR_MMS; i++)
		if (model->mm[i])
			model_child_exit(model, i);
	for (i = 0; i < MAX_PINS; i++)
		model_unpin(model, i);
	ok = model_step_unmap(model, &everything);
	memset(model->page, 0, sizeof(model->page));
	return ok && model_world_is_right(model);
}

/* Returns the number of the step that failed, or @nr if none did. */
static unsigned int steps_run(struct model *model, const struct step *steps,
			      unsigned int nr)
{
	unsigned int i;

	model->why[0] = '\0';
	for (i = 0; i < nr; i++) {
		if (!step_take(model, &steps[i]) || !model_world_is_right(model))
			break;
		cond_resched();
	}
	if (!world_clear(model) && i == nr && nr)
		i = nr - 1;
	return i;
}

/*
 * Leaves out steps as long as the sequence fails: first many at a time, in the
 * end one by one. The failure may change on the way.
 */
static unsigned int steps_shrink(struct model *model, struct step *steps,
				 struct step *scratch, unsigned int nr)
{
	unsigned int chunk, i, left, tries = SHRINK_TRIES;

	for (chunk = nr / 2; chunk; chunk /= 2) {
		for (i = 0; i + chunk <= nr && tries; tries--) {
			left = nr - chunk;
			memcpy(scratch, steps, i * sizeof(*steps));
			memcpy(scratch + i, steps + i + chunk,
			       (left - i) * sizeof(*steps));
			left = min(left, steps_run(model, scratch, left) + 1);
			if (model->why[0]) {
				nr = left;
				memcpy(steps, scratch, nr * sizeof(*steps));
			} else {
				i += chunk;
			}
		}
	}
	steps_run(model, steps, nr);
	return nr;
}

static void step_print(struct kunit *test, const struct step *step)
{
	kunit_err(test, "  %s mm=%u slots=%u+%u from=%s to=%s decline=%#x flag=%d\n",
		  step_kinds[step->kind].name, step->mm, step->slot, step->nr,
		  model_place_names[step->from], model_place_names[step->to],
		  step->decline, step->flag);
}

static void step_choose(struct rnd_state *rnd, struct step *step)
{
	unsigned int sum = 0, pick, i;

	for (i = 0; i < NR_STEP_KINDS; i++)
		sum += step_kinds[i].weight;
	pick = prandom_u32_state(rnd) % sum;
	for (i = 0; pick >= step_kinds[i].weight; i++)
		pick -= step_kinds[i].weight;

	step->kind = i;
	step->mm = prandom_u32_state(rnd) % NR_MMS;
	step->slot = prandom_u32_state(rnd) % NR_SLOTS;
	step->nr = 1 + prandom_u32_state(rnd) % (NR_SLOTS - step->slot);
	step->from = prandom_u32_state(rnd) % NR_PLACES;
	step->to = prandom_u32_state(rnd) % NR_PLACES;
	/* Mostly from system memory: the other places would stay empty. */
	if (prandom_u32_state(rnd) % 2)
		step->from = step->kind == STEP_UNLOAD ? IN_PRIVATE_A : IN_RAM;
	step->decline = prandom_u32_state(rnd) % 4 ? 0 :
						     prandom_u32_state(rnd);
	step->flag = prandom_u32_state(rnd) % 2;
}

static void model_release(void *data)
{
	struct model *model = data;
	unsigned int i;

	/* An assertion may have ended the case. */
	for (i = 0; i < MAX_PINS; i++)
		model_unpin(model, i);
}

static struct model *model_create(struct kunit *test)
{
	struct model *model = kunit_kzalloc(test, sizeof(*model), GFP_KERNEL);
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, model);
	model->test = test;
	memset(model->slot, SLOT_NONE, sizeof(model->slot));
	model->dev[IN_PRIVATE_A] = mmk_dev_create(test, MEMORY_DEVICE_PRIVATE);
	model->dev[IN_PRIVATE_B] = mmk_dev_create(test, MEMORY_DEVICE_PRIVATE);
	model->dev[IN_COHERENT] = mmk_dev_create(test, MEMORY_DEVICE_COHERENT);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, model_release,
							model), 0);
	i = model->dev[IN_PRIVATE_A]->nr_pages;
	model->src = kunit_kcalloc(test, i, sizeof(*model->src), GFP_KERNEL);
	model->dst = kunit_kcalloc(test, i, sizeof(*model->dst), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, model->src);
	KUNIT_ASSERT_NOT_NULL(test, model->dst);

	model->mm[0] = mmk_mm_enter(test);
	model->addr = mmk_map_anon(test, NR_SLOTS);
	for (i = 0; i < NR_SLOTS; i++)
		model->writable[0][i] = true;
	model->round = mmk_vma_alloc(test, model->mm[0], model->addr, NR_SLOTS,
				     0, NULL);
	return model;
}

static struct step *steps_alloc(struct kunit *test, unsigned int nr)
{
	struct step *steps = kunit_kcalloc(test, nr, sizeof(*steps),
					   GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, steps);
	return steps;
}

struct seed_case {
	const char *description;
	u32 seed;
};

static const struct seed_case seed_cases[] = {
	{ "sequence 1", 1 },
	{ "sequence 2", 2 },
	{ "sequence 3", 3 },
	{ "sequence 4", 4 },
	{ "sequence 5", 5 },
};

KUNIT_ARRAY_PARAM_DESC(seed, seed_cases, description);

/**
 * random_steps_agree_with_the_model() - Random steps of user space and drivers
 *
 * Up to three mms, a parent and its children, share eight anonymous pages,
 * which migrate to two device-private devices and a coherent one and back.
 * After each step, the bytes, place, references, mappings and exclusiveness of
 * each page are those of the model, and so are the RSS of each mm and the pages
 * in use of each device. When nothing is mapped any more, all device pages are
 * free.
 *
 * Contract: MV-4, MV-5, MV-6, MV-7, MV-8, MV-15, MV-16, ZD-3, ZD-4, ZD-12
 * Random: the steps
 */
static void random_steps_agree_with_the_model(struct kunit *test)
{
	const struct seed_case *c = test->param_value;
	unsigned int nr = clamp(model_steps, 1U, MAX_STEPS), bad, left, i;
	u32 seed = model_seed ?:
		   c->seed + (mmk_seed() - 1) * (u32)ARRAY_SIZE(seed_cases);
	struct model *model = model_create(test);
	struct step *steps = steps_alloc(test, nr);
	struct step *scratch = steps_alloc(test, nr);
	struct rnd_state rnd;

	prandom_seed_state(&rnd, seed);
	for (i = 0; i < nr; i++)
		step_choose(&rnd, &steps[i]);

	bad = steps_run(model, steps, nr);
	if (!model->why[0])
		return;

	kunit_err(test, "seed %u, step %u of %u: %s\n", seed, bad + 1, nr,
		  model->why);
	left = steps_shrink(model, steps, scratch, bad + 1);
	for (i = 0; i < left; i++)
		step_print(test, &steps[i]);
	KUNIT_FAIL(test, "after these %u step(s): %s", left, model->why);
}

static struct kunit_case migrate_vma_model_cases[] = {
	KUNIT_CASE_PARAM(random_steps_agree_with_the_model, seed_gen_params),
	{}
};

static struct kunit_suite migrate_vma_model_suite = {
	.name = "migrate_vma_model",
	.init = mmk_case_init,
	.test_cases = migrate_vma_model_cases,
};

kunit_test_suite(migrate_vma_model_suite);
