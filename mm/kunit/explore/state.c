// SPDX-License-Identifier: GPL-2.0
/*
 * A program from its beginning to its end: the page is prepared, the operations
 * run one after the other or by a schedule, and the state that they leave is
 * written down, so that two of them can be compared.
 *
 * The text has what the operations returned, and for each mm the VMA, the pte, the
 * page, its bytes and counts. Pages are numbered as they come, since it does not
 * matter where a page is, only who shares it. Accessed bits are left out, as they
 * are a hint.
 *
 * An access of the user may be a fault first, with other operations behind it,
 * and then the access, which perhaps faults again: so a serial order may have a fault
 * anywhere ahead of the access that takes it.
 */
#include <kunit/test.h>
#include <linux/highmem.h>
#include <linux/jiffies.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/pagemap.h>
#include <linux/rmap.h>
#include <linux/sched/mm.h>
#include <linux/seq_buf.h>
#include <linux/stacktrace.h>
#include <linux/string.h>
#include <linux/swap.h>
#include <linux/uaccess.h>

#include "../../internal.h"
#include "../compat/vma.h"
#include "../lib/guard.h"
#include "../lib/mm.h"
#include "../lib/pte.h"
#include "../lib/snapshot.h"
#include "../lib/wait.h"
#include "program.h"

/*
 * Long enough for all that does not wait for another task of the program. It takes
 * no time where time is virtual.
 */
#define A_WHILE		(HZ / 10)

const char *const mmx_state_names[] = {
	[MMX_NONE]	= "none",
	[MMX_MAPPED]	= "mapped",
	[MMX_SHARED]	= "shared",
	[MMX_MOVING]	= "moving",
};

/**
 * mmx_program_parse() - Read the name of a program
 * @program: where to
 * @name: a state and operations, as "moving:read+end"
 *
 * Return: whether it is one.
 */
bool mmx_program_parse(struct mmx_program *program, const char *name)
{
	unsigned int movers = 0;
	const char *p, *end;
	int state;

	memset(program, 0, sizeof(*program));
	p = strchr(name, ':');
	if (!p || strscpy(program->name, name, sizeof(program->name)) < 0)
		return false;
	for (state = 0; state < MMX_NR_STATES; state++)
		if (strlen(mmx_state_names[state]) == p - name &&
		    str_has_prefix(name, mmx_state_names[state]))
			break;
	if (state == MMX_NR_STATES)
		return false;
	program->state = state;
	do {
		const struct mmx_op *op;

		p++;
		end = strchrnul(p, '+');
		op = mmx_op_find(p, end - p);
		if (!op || !(op->states & BIT(state)) ||
		    program->nr == MMX_TASKS)
			return false;
		movers += op->moves;
		program->ops[program->nr++] = op;
		p = end;
	} while (*p);
	/* A migration that is under way needs a task that ends it. */
	return program->nr >= 2 && movers <= 1 &&
	       (state != MMX_MOVING || movers);
}

static void actor_main(struct mmk_task *task)
{
	struct mmx_actor *actor = container_of(task, struct mmx_actor, task);

	actor->op->run(actor);
	actor->over = true;
	mmx_left();
}

/**
 * mmx_set_up() - Prepare the page and the tasks
 * @test: the case, which has entered an mm
 * @run: its program has been set, the rest is zero
 * @which: the operations that take part, a bit each
 */
void mmx_set_up(struct kunit *test, struct mmx_run *run, unsigned int which)
{
	const struct mmx_program *program = run->program;
	struct mmx_actor *actor;
	unsigned int i;
	u8 *buf;

	run->mm = current->mm;
	run->addr = mmk_map_anon(test, 1);
	run->vma_locks = mmk_vma_lock_count(vma_lookup(run->mm, run->addr));
	if (program->state != MMX_NONE) {
		buf = kunit_kmalloc(test, PAGE_SIZE, GFP_KERNEL);
		KUNIT_ASSERT_NOT_NULL(test, buf);
		memset(buf, MMX_BYTE, PAGE_SIZE);
		KUNIT_ASSERT_EQ(test,
				copy_to_user((void __user *)run->addr, buf,
					     PAGE_SIZE), 0UL);
		kunit_kfree(test, buf);
		lru_add_drain_all();
	}
	if (program->state == MMX_SHARED)
		run->sibling = mmk_fork(test);
	if (program->state == MMX_MOVING) {
		run->hold = mmk_hold(test, mmk_pte_folio(test, run->mm,
							 run->addr));
		try_to_migrate(run->hold->folio, 0);
	}
	for (i = 0; i < program->nr; i++) {
		if (!(which & BIT(i)))
			continue;
		actor = mmk_task_alloc(test, sizeof(*actor), run->mm,
				       actor_main);
		actor->run = run;
		actor->op = program->ops[i];
		actor->nth = i;
		run->actors[i] = actor;
		if (actor->op->prepare)
			actor->op->prepare(test, actor);
	}
}

/* The fault of an access, without the access */
static void touch_main(struct mmk_task *task)
{
	struct mmx_actor *actor = container_of(task, struct mmx_actor, task);

	mmk_fault_in(actor->run->mm, actor->run->addr, actor->op->writes);
}

static bool wait_for_actor(struct mmx_actor *actor)
{
	if (!wait_for_completion_timeout(&actor->task.done, A_WHILE))
		return false;
	/* For those that wait for it later */
	complete(&actor->task.done);
	return true;
}

static void print_stack(struct mmx_actor *actor)
{
	unsigned long entries[12];
	struct seq_buf text;
	unsigned int i, nr;
	char line[400];

	nr = stack_trace_save_tsk(actor->task.task, entries,
				  ARRAY_SIZE(entries), 0);
	seq_buf_init(&text, line, sizeof(line));
	for (i = 0; i < nr; i++)
		seq_buf_printf(&text, " %pS", (void *)entries[i]);
	pr_info("explore: task %u (%s) waits in%s\n", actor->nth,
		actor->op->name, seq_buf_str(&text));
}

/*
 * Ends what needs the end of another operation, and waits for all tasks. The
 * case cannot go on if one of them hangs.
 */
static void finish(struct kunit *test, struct mmx_run *run)
{
	struct mmx_actor *actor;
	unsigned int i, stuck = 0;

	for (i = 0; i < MMX_TASKS; i++) {
		actor = run->actors[i];
		if (actor && actor->op->finish)
			actor->op->finish(actor);
	}
	for (i = 0; i < MMX_TASKS; i++) {
		actor = run->touches[i];
		stuck += actor && !mmk_task_join(&actor->task);
		actor = run->actors[i];
		if (!actor)
			continue;
		if (!mmk_task_join(&actor->task)) {
			print_stack(actor);
			stuck++;
		} else if (!actor->gave_up) {
			run->done |= BIT(i);
		}
	}
	if (stuck)
		KUNIT_FAIL_AND_ABORT(test, "%s: %u of the tasks never ends",
				     run->program->name, stuck);
}

/* All mms that may map the page, in the order in which they are described */
static unsigned int all_mms(struct mmx_run *run, struct mm_struct **mms)
{
	unsigned int nr = 0, i;

	mms[nr++] = run->mm;
	if (run->sibling)
		mms[nr++] = run->sibling;
	for (i = 0; i < MMX_TASKS; i++)
		if (run->actors[i] && run->actors[i]->child)
			mms[nr++] = run->actors[i]->child;
	return nr;
}

static void describe_bytes(struct seq_buf *text, struct page *page)
{
	u8 *p = kmap_local_page(page);

	if (memchr_inv(p + 1, p[1], PAGE_SIZE - 1))
		seq_buf_puts(text, " mixed bytes");
	else
		seq_buf_printf(text, " %02x %02x..", p[0], p[1]);
	kunmap_local(p);
}

/* Numbers folios by first appearance. */
static unsigned int number_of(struct folio *folio, struct folio **seen)
{
	unsigned int i;

	for (i = 0; i < MMX_MMS && seen[i] && seen[i] != folio; i++)
		;
	seen[i] = folio;
	return i + 1;
}

static void describe_page(struct seq_buf *text, pte_t pte, struct folio **seen)
{
	struct page *page = pte_page(pte);
	struct folio *folio = page_folio(page);

	if (is_zero_pfn(pte_pfn(pte))) {
		seq_buf_printf(text, " zero page%s",
			       pte_write(pte) ? " writable" : "");
		return;
	}
	seq_buf_printf(text, " page %u%s%s%s%s%s maps %d refs +%d",
		       number_of(folio, seen),
		       pte_write(pte) ? " writable" : "",
		       pte_dirty(pte) || folio_test_dirty(folio) ? " dirty" : "",
		       folio_test_anon(folio) && PageAnonExclusive(page) ?
		       " exclusive" : "",
		       folio_test_lru(folio) ? "" : " off the LRU",
		       folio_test_locked(folio) ? " locked" : "",
		       folio_mapcount(folio),
		       folio_ref_count(folio) - folio_mapcount(folio));
	describe_bytes(text, page);
}

static void describe_mm(struct seq_buf *text, struct mmx_run *run,
			struct mm_struct *mm, struct folio **seen)
{
	struct vm_area_struct *vma = vma_lookup(mm, run->addr);
	enum mmk_pte_kind kind = mmk_pte_kind(mm, run->addr);

	if (!vma)
		seq_buf_puts(text, " no VMA,");
	else
		seq_buf_printf(text, " VMA %s%s,",
			       vma->vm_flags & VM_READ ? "r" : "-",
			       vma->vm_flags & VM_WRITE ? "w" : "-");
	if (kind == MMK_PTE_PRESENT)
		describe_page(text, mmk_pte(mm, run->addr), seen);
	else if (kind == MMK_PTE_NO_TABLE || kind == MMK_PTE_NONE)
		/* Page tables may stay, or go. */
		seq_buf_puts(text, " nothing");
	else
		seq_buf_printf(text, " %s", mmk_pte_kind_name(kind));
	seq_buf_printf(text, ", anon %ld file %ld swap %ld",
		       get_mm_counter_sum(mm, MM_ANONPAGES),
		       get_mm_counter_sum(mm, MM_FILEPAGES),
		       get_mm_counter_sum(mm, MM_SWAPENTS));
}

static void describe_actor(struct seq_buf *text, struct mmx_actor *actor)
{
	if (actor->gave_up)
		return;
	seq_buf_printf(text, "%s %d", actor->op->name, actor->ret);
	if (!strcmp(actor->op->name, "read") && !actor->ret)
		seq_buf_printf(text, " (%02x)", actor->byte);
	seq_buf_puts(text, "; ");
}

static bool count_one(struct folio *folio, struct vm_area_struct *vma,
		      unsigned long addr, void *arg)
{
	DEFINE_FOLIO_VMA_WALK(pvmw, folio, vma, addr, 0);
	int *nr = arg;

	while (page_vma_mapped_walk(&pvmw))
		++*nr;
	return true;
}

/*
 * What holds in any state: each pte that maps a folio is found by its rmap, and
 * is counted; nobody else has a reference; a page that is exclusive is mapped once;
 * what can be written to is exclusive, in a VMA that may be written to; and
 * nobody holds a lock.
 */
static void expect_sane(struct kunit *test, struct mmx_run *run)
{
	struct mm_struct *mms[MMX_MMS];
	unsigned int nr = all_mms(run, mms), i, j;

	for (i = 0; i < nr; i++) {
		struct vm_area_struct *vma = vma_lookup(mms[i], run->addr);
		struct page *page = NULL;
		int ptes = 0, found = 0;
		struct folio *folio;
		struct rmap_walk_control rwc = {
			.rmap_one = count_one,
			.arg = &found,
		};

		KUNIT_EXPECT_EQ_MSG(test, mmk_mmap_lock_count(mms[i]), 0L,
				    "mmap_lock of mm %u", i);
		if (vma)
			KUNIT_EXPECT_EQ_MSG(test, mmk_vma_lock_count(vma),
					    run->vma_locks,
					    "lock of the VMA of mm %u", i);
		if (mmk_pte_kind(mms[i], run->addr) == MMK_PTE_PRESENT)
			page = mmk_pte_page(mms[i], run->addr);
		if (!page || is_zero_pfn(page_to_pfn(page)))
			continue;
		for (j = 0; j < nr; j++)
			ptes += mmk_pte_kind(mms[j], run->addr) ==
				MMK_PTE_PRESENT &&
				mmk_pte_page(mms[j], run->addr) == page;
		folio = page_folio(page);
		KUNIT_EXPECT_EQ_MSG(test, folio_mapcount(folio), ptes,
				    "mapcount of the page of mm %u", i);
		KUNIT_EXPECT_EQ_MSG(test, folio_ref_count(folio), ptes,
				    "references of the page of mm %u", i);
		if (PageAnonExclusive(page))
			KUNIT_EXPECT_EQ_MSG(test, ptes, 1,
					    "ptes of the exclusive page of mm %u",
					    i);
		if (pte_write(mmk_pte(mms[i], run->addr)))
			KUNIT_EXPECT_TRUE_MSG(test, PageAnonExclusive(page) &&
					      vma && (vma->vm_flags & VM_WRITE),
					      "mm %u may not write to its page",
					      i);
		if (!folio_trylock(folio)) {
			KUNIT_FAIL(test, "the page of mm %u is locked", i);
			continue;
		}
		rmap_walk(folio, &rwc);
		folio_unlock(folio);
		KUNIT_EXPECT_EQ_MSG(test, found, ptes,
				    "mappings of the page of mm %u that its rmap finds",
				    i);
	}
}

static void describe(struct kunit *test, struct mmx_run *run)
{
	struct folio *seen[MMX_MMS + 1] = {};
	struct mm_struct *mms[MMX_MMS];
	unsigned int nr, i;
	struct seq_buf text;

	lru_add_drain_all();
	seq_buf_init(&text, run->end, sizeof(run->end));
	for (i = 0; i < MMX_TASKS; i++)
		if (run->actors[i])
			describe_actor(&text, run->actors[i]);
	nr = all_mms(run, mms);
	for (i = 0; i < nr; i++) {
		seq_buf_printf(&text, "%s%s:", i ? "; " : "",
			       !i ? "own" : mms[i] == run->sibling ? "sibling" :
			       "child");
		describe_mm(&text, run, mms[i], seen);
	}
	seq_buf_str(&text);
	KUNIT_ASSERT_FALSE(test, seq_buf_has_overflowed(&text));
	expect_sane(test, run);
}

/**
 * mmx_run_serial() - Run operations one after the other
 * @test: the case
 * @run: set up for these operations
 * @order: their numbers; with MMX_TOUCH added, only the fault of the operation
 * @nr: how many there are
 */
void mmx_run_serial(struct kunit *test, struct mmx_run *run, const u8 *order,
		    unsigned int nr)
{
	struct mmx_actor *actor;
	unsigned int i;

	for (i = 0; i < nr; i++) {
		actor = run->actors[order[i] & ~MMX_TOUCH];
		if (order[i] & MMX_TOUCH) {
			struct mmx_actor *touch;

			touch = mmk_task_alloc(test, sizeof(*touch), run->mm,
					       touch_main);
			touch->run = run;
			touch->op = actor->op;
			run->touches[actor->nth] = touch;
			actor = touch;
		}
		mmk_task_start(&actor->task);
		/* It may wait for one that comes later. */
		if (!wait_for_actor(actor) && i + 1 < nr)
			run->overlapped = true;
	}
	finish(test, run);
	describe(test, run);
}

/**
 * mmx_run_schedule() - Run all operations by a schedule
 * @test: the case
 * @run: set up for all operations
 * @schedule: the schedule
 *
 * Return: the points that were passed.
 */
const struct mmx_path *mmx_run_schedule(struct kunit *test,
					struct mmx_run *run,
					const struct mmx_schedule *schedule)
{
	struct task_struct *tasks[MMX_TASKS] = {};
	const struct mmx_path *path;
	unsigned int i;

	for (i = 0; i < schedule->nr_tasks; i++)
		tasks[i] = run->actors[i]->task.task;
	preempt_disable();
	mmx_begin(schedule, tasks);
	for (i = 0; i < schedule->nr_tasks; i++)
		mmk_task_start(&run->actors[schedule->order[i]]->task);
	preempt_enable();

	for (i = 0; i < schedule->nr_tasks; i++)
		wait_for_actor(run->actors[i]);
	path = mmx_end();
	finish(test, run);
	describe(test, run);
	return path;
}

/* A write to a page that was free shows when it is used again. */
static void use_free_pages(void)
{
	struct page *pages[32];
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(pages); i++)
		pages[i] = alloc_page(GFP_KERNEL);
	for (i = 0; i < ARRAY_SIZE(pages); i++)
		if (pages[i])
			__free_page(pages[i]);
}

/**
 * mmx_tear_down() - Give back what a run has left
 * @test: the case
 * @run: has ended
 */
void mmx_tear_down(struct kunit *test, struct mmx_run *run)
{
	unsigned int i;

	if (run->hold && run->hold->held) {
		/* Nobody has ended it. */
		remove_migration_ptes(run->hold->folio, run->hold->folio, 0);
		mmk_hold_finish(NULL, run->hold, false);
	}
	for (i = 0; i < MMX_TASKS; i++)
		if (run->actors[i] && run->actors[i]->child)
			mmput(run->actors[i]->child);
	if (run->sibling)
		mmk_mm_put(test, run->sibling);
	KUNIT_EXPECT_EQ(test, vm_munmap(run->addr, PAGE_SIZE), 0);
	use_free_pages();
}
