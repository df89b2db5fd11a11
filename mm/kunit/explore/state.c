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
#include <linux/file.h>
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

/* So many ptes may map the page, or another one in its place. */
#define MMX_PLACES	(2 * MMX_MMS)

const char *const mmx_state_names[] = {
	[MMX_NONE]	= "none",
	[MMX_MAPPED]	= "mapped",
	[MMX_SHARED]	= "shared",
	[MMX_MOVING]	= "moving",
	[MMX_SWAPPED]	= "swapped",
	[MMX_CACHED]	= "cached",
	[MMX_DEVICE]	= "device",
	[MMX_LAZYFREE]	= "lazyfree",
	[MMX_EXCLUSIVE]	= "exclusive",
	[MMX_MIDDLE]	= "middle",
	[MMX_WATCHED]	= "watched",
};

static bool is_swapped(enum mmx_state state)
{
	return state == MMX_SWAPPED || state == MMX_CACHED;
}

static bool is_untouched(enum mmx_state state)
{
	return state == MMX_NONE || state == MMX_MIDDLE || state == MMX_WATCHED;
}

/* How many pages of the VMA come before that of the program, and behind it */
static unsigned int neighbours(const struct mmx_program *program)
{
	return program->state == MMX_MIDDLE;
}

static bool has_op(const struct mmx_program *program, const char *name)
{
	unsigned int i;

	for (i = 0; i < program->nr; i++)
		if (!strcmp(program->ops[i]->name, name))
			return true;
	return false;
}

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
	if (is_swapped(state))
		program->needs |= MMX_SWAP;
	if (state == MMX_DEVICE)
		program->needs |= MMX_DEV;
	if (state == MMX_WATCHED)
		program->needs |= MMX_UFFD;
	do {
		const struct mmx_op *op;

		p++;
		end = strchrnul(p, '+');
		op = mmx_op_find(p, end - p);
		if (!op || !(op->states & BIT(state)) ||
		    program->nr == MMX_TASKS)
			return false;
		movers += op->moves;
		program->needs |= op->needs;
		program->ops[program->nr++] = op;
		p = end;
	} while (*p);
	/*
	 * A migration that is under way needs a task that ends it, and so does what a
	 * userfaultfd watches. And who pins a page of a device never ends while
	 * somebody has a reference on it.
	 */
	return program->nr >= 2 && movers <= 1 &&
	       !(movers && has_op(program, "todevice")) &&
	       (state != MMX_MOVING || movers) &&
	       (state != MMX_WATCHED || has_op(program, "close")) &&
	       !(has_op(program, "pin") && (has_op(program, "put") ||
					    has_op(program, "release")));
}

static void actor_main(struct mmk_task *task)
{
	struct mmx_actor *actor = container_of(task, struct mmx_actor, task);

	actor->op->run(actor);
	actor->over = true;
	mmx_left();
}

/**
 * mmx_ground_devices() - Make what has to be there before the mm
 * @test: the case, which has not entered an mm
 * @program: whose
 */
void mmx_ground_devices(struct kunit *test, struct mmx_program *program)
{
	if (program->needs & MMX_DEV)
		program->ground.dev = mmk_dev_create(test,
						     MEMORY_DEVICE_PRIVATE);
}

/**
 * mmx_ground_mm() - Make the rest of what the runs of a program share
 * @test: the case, which has entered an mm
 * @program: whose
 */
void mmx_ground_mm(struct kunit *test, struct mmx_program *program)
{
	if (program->needs & MMX_SWAP)
		program->ground.swap = mmk_swap_alloc(test, 0);
	if (program->needs & MMX_UFFD)
		program->ground.uffd = mmk_uffd_open_with(test,
							  UFFD_FEATURE_MOVE);
}

/* The page goes to the area. Somebody has a reference if it stays in the cache. */
static void swap_out(struct kunit *test, struct mmx_run *run, bool cached)
{
	struct folio *folio = mmk_pte_folio(test, run->mm, run->addr);

	if (cached)
		folio_get(folio);
	KUNIT_EXPECT_EQ(test, mmk_pageout(run->addr, PAGE_SIZE), 0);
	if (cached)
		folio_put(folio);
	KUNIT_ASSERT_EQ(test, (int)mmk_pte_kind(run->mm, run->addr),
			(int)MMK_PTE_SWAP);
}

static void touch_pages(struct kunit *test, struct mmx_run *run)
{
	u8 *buf = kunit_kmalloc(test, PAGE_SIZE, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, buf);
	memset(buf, MMX_BYTE, PAGE_SIZE);
	KUNIT_ASSERT_EQ(test, copy_to_user((void __user *)run->addr, buf,
					   PAGE_SIZE), 0UL);
	kunit_kfree(test, buf);
	lru_add_drain_all();
}

/* The page in the state of the program */
static void set_up_page(struct kunit *test, struct mmx_run *run)
{
	const struct mmx_program *program = run->program;
	struct folio *folio;

	if (!is_untouched(program->state))
		touch_pages(test, run);
	switch (program->state) {
	case MMX_SHARED:
		run->sibling = mmk_fork(test);
		break;
	case MMX_MOVING:
		run->hold = mmk_hold(test, mmk_pte_folio(test, run->mm,
							 run->addr));
		try_to_migrate(run->hold->folio, 0);
		break;
	case MMX_SWAPPED:
	case MMX_CACHED:
		swap_out(test, run, program->state == MMX_CACHED);
		break;
	case MMX_DEVICE:
		mmk_migrate_to_dev(test, run->mm, run->addr,
				   program->ground.dev);
		break;
	case MMX_LAZYFREE:
		KUNIT_ASSERT_EQ(test, do_madvise(run->mm, run->addr, PAGE_SIZE,
						 MADV_FREE), 0);
		/* It is put off until a batch is full. */
		lru_add_drain_all();
		break;
	case MMX_EXCLUSIVE:
		folio = mmk_make_exclusive(test, run->mm, run->addr);
		folio_unlock(folio);
		folio_put(folio);
		break;
	case MMX_WATCHED:
		mmx_watch_address(test, run);
		break;
	default:
		break;
	}
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

	run->mm = current->mm;
	run->addr = mmk_map_anon(test, 1 + 2 * neighbours(program)) +
		    neighbours(program) * PAGE_SIZE;
	run->vma_locks = mmk_vma_lock_count(vma_lookup(run->mm, run->addr));
	if (program->needs & MMX_OTHER) {
		/* Its protection differs: no VMA is merged with another. */
		mmk_mmap(test, NULL, PAGE_SIZE, PROT_NONE,
			 MAP_PRIVATE | MAP_ANONYMOUS);
		run->other = mmk_map_anon(test, 1);
	}
	if ((program->needs & MMX_UFFD) && run->other)
		mmk_uffd_register(test, program->ground.uffd, run->other,
				  PAGE_SIZE);
	if (program->needs & MMX_SWAP)
		KUNIT_ASSERT_EQ(test, mmk_swap_try_on(program->ground.swap),
				0L);
	set_up_page(test, run);
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

	for (i = 0; i < MMX_PLACES && seen[i] && seen[i] != folio; i++)
		;
	seen[i] = folio;
	return i + 1;
}

/*
 * Whether the page has to be written when it is swapped out. An anonymous page that
 * has no slot always has to be.
 */
static bool is_dirty(struct mmx_run *run, pte_t pte, struct folio *folio)
{
	return pte_dirty(pte) || folio_test_dirty(folio) ||
	       ((run->program->needs & MMX_SWAP) && folio_test_anon(folio) &&
		folio_test_swapbacked(folio) && !folio_test_swapcache(folio));
}

/* Without that of the swap cache */
static int references(struct folio *folio)
{
	return folio_ref_count(folio) - folio_test_swapcache(folio);
}

/*
 * fork() copies a page that a device has pinned at that moment, and shares it at any
 * other: the bytes are the same.
 */
static bool may_be_a_copy(struct mmx_run *run)
{
	return has_op(run->program, "pin") && has_op(run->program, "fork");
}

static void describe_page(struct seq_buf *text, struct mmx_run *run, pte_t pte,
			  struct folio **seen)
{
	struct page *page = pte_page(pte);
	struct folio *folio = page_folio(page);

	if (is_zero_pfn(pte_pfn(pte))) {
		seq_buf_printf(text, " zero page%s",
			       pte_write(pte) ? " writable" : "");
		return;
	}
	if (may_be_a_copy(run)) {
		seq_buf_puts(text, " some page");
		describe_bytes(text, page);
		return;
	}
	seq_buf_printf(text, " page %u%s%s%s%s%s%s maps %d refs +%d",
		       number_of(folio, seen),
		       folio_test_swapbacked(folio) ? "" : " lazyfree",
		       pte_write(pte) ? " writable" : "",
		       is_dirty(run, pte, folio) ? " dirty" : "",
		       folio_test_anon(folio) && PageAnonExclusive(page) ?
		       " exclusive" : "",
		       folio_test_lru(folio) ? "" : " off the LRU",
		       folio_test_locked(folio) ? " locked" : "",
		       folio_mapcount(folio),
		       references(folio) - folio_mapcount(folio));
	describe_bytes(text, page);
}

static void describe_device_page(struct seq_buf *text, struct page *page,
				 struct folio **seen)
{
	struct folio *folio = page_folio(page);

	seq_buf_printf(text, " page %u%s%s maps %d refs +%d",
		       number_of(folio, seen),
		       PageAnonExclusive(page) ? " exclusive" : "",
		       folio_test_locked(folio) ? " locked" : "",
		       folio_mapcount(folio),
		       folio_ref_count(folio) - folio_mapcount(folio));
	describe_bytes(text, mmk_dev_backing(page) ?: page);
}

static void describe_address(struct seq_buf *text, struct mmx_run *run,
			     struct mm_struct *mm, unsigned long addr,
			     struct folio **seen)
{
	struct vm_area_struct *vma = vma_lookup(mm, addr);
	enum mmk_pte_kind kind = mmk_pte_kind(mm, addr);

	if (!vma)
		seq_buf_puts(text, " no VMA,");
	else
		seq_buf_printf(text, " VMA %s%s,",
			       vma->vm_flags & VM_READ ? "r" : "-",
			       vma->vm_flags & VM_WRITE ? "w" : "-");
	if (kind == MMK_PTE_PRESENT) {
		describe_page(text, run, mmk_pte(mm, addr), seen);
	} else if (kind == MMK_PTE_NO_TABLE || kind == MMK_PTE_NONE) {
		/* Page tables may stay, or go. */
		seq_buf_puts(text, " nothing");
	} else {
		seq_buf_printf(text, " %s", mmk_pte_kind_name(kind));
		if (kind == MMK_PTE_DEVICE_PRIVATE_WRITE ||
		    kind == MMK_PTE_DEVICE_PRIVATE_READ ||
		    kind == MMK_PTE_DEVICE_EXCLUSIVE)
			describe_device_page(text, mmk_pte_page(mm, addr),
					     seen);
	}
}

static void describe_mm(struct seq_buf *text, struct mmx_run *run,
			struct mm_struct *mm, struct folio **seen)
{
	describe_address(text, run, mm, run->addr, seen);
	if (run->other) {
		seq_buf_puts(text, ", other:");
		describe_address(text, run, mm, run->other, seen);
	}
	seq_buf_printf(text, ", anon %ld file %ld swap %ld",
		       get_mm_counter_sum(mm, MM_ANONPAGES),
		       get_mm_counter_sum(mm, MM_FILEPAGES),
		       get_mm_counter_sum(mm, MM_SWAPENTS));
}

static void describe_actor(struct seq_buf *text, struct mmx_actor *actor)
{
	if (actor->gave_up || actor->op->silent)
		return;
	/*
	 * Of two that move the page, the second may see that the first has taken
	 * it away or that it has put it there; both are so by then.
	 */
	if (actor->ret == -ENOENT && !strcmp(actor->op->name, "move"))
		actor->ret = -EEXIST;
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
 * The page that @addr maps in @mm, device pages included; or NULL. Kernels differ in
 * whether a page that a device has exclusive access to counts as mapped.
 */
static struct page *mapped_page(struct mm_struct *mm, unsigned long addr)
{
	enum mmk_pte_kind kind = mmk_pte_kind(mm, addr);
	struct page *page;

	if (kind != MMK_PTE_PRESENT && kind != MMK_PTE_DEVICE_PRIVATE_WRITE &&
	    kind != MMK_PTE_DEVICE_PRIVATE_READ)
		return NULL;
	page = mmk_pte_page(mm, addr);
	return is_zero_pfn(page_to_pfn(page)) ? NULL : page;
}

/*
 * What holds for the page at an address: each pte that maps it is found by its
 * rmap, and is counted; nobody else has a reference; if it is exclusive it is mapped
 * once; what can be written to is exclusive, in a VMA that may be written to.
 * @ptes: how many map it in all mms
 */
static void expect_sane_page(struct kunit *test, unsigned int mm,
			     struct vm_area_struct *vma, pte_t pte,
			     struct page *page, int ptes)
{
	struct folio *folio = page_folio(page);
	int found = 0;
	struct rmap_walk_control rwc = {
		.rmap_one = count_one,
		.arg = &found,
	};

	KUNIT_EXPECT_EQ_MSG(test, folio_mapcount(folio), ptes,
			    "mapcount of the page of mm %u", mm);
	KUNIT_EXPECT_EQ_MSG(test, references(folio), ptes,
			    "references of the page of mm %u", mm);
	if (PageAnonExclusive(page))
		KUNIT_EXPECT_EQ_MSG(test, ptes, 1,
				    "ptes of the exclusive page of mm %u", mm);
	if (pte_present(pte) && pte_write(pte))
		KUNIT_EXPECT_TRUE_MSG(test, PageAnonExclusive(page) && vma &&
				      (vma->vm_flags & VM_WRITE),
				      "mm %u may not write to its page", mm);
	if (!folio_trylock(folio)) {
		KUNIT_FAIL(test, "the page of mm %u is locked", mm);
		return;
	}
	rmap_walk(folio, &rwc);
	folio_unlock(folio);
	KUNIT_EXPECT_EQ_MSG(test, found, ptes,
			    "mappings of the page of mm %u that its rmap finds",
			    mm);
}

/* What holds in any state: that of each page, and nobody holds a lock. */
static void expect_sane(struct kunit *test, struct mmx_run *run)
{
	const unsigned long addrs[] = { run->addr, run->other };
	const unsigned int nr_addrs = run->other ? 2 : 1;
	struct mm_struct *mms[MMX_MMS];
	unsigned int nr = all_mms(run, mms), i, j;

	for (i = 0; i < nr * nr_addrs; i++) {
		struct mm_struct *mm = mms[i / nr_addrs];
		unsigned long addr = addrs[i % nr_addrs];
		struct vm_area_struct *vma = vma_lookup(mm, addr);
		struct page *page = mapped_page(mm, addr);
		int ptes = 0;

		KUNIT_EXPECT_EQ_MSG(test, mmk_mmap_lock_count(mm), 0L,
				    "mmap_lock of mm %u", i / nr_addrs);
		if (vma)
			KUNIT_EXPECT_EQ_MSG(test, mmk_vma_lock_count(vma),
					    run->vma_locks,
					    "lock of the VMA of mm %u",
					    i / nr_addrs);
		if (!page)
			continue;
		for (j = 0; j < nr * nr_addrs; j++)
			ptes += mapped_page(mms[j / nr_addrs],
					    addrs[j % nr_addrs]) == page;
		expect_sane_page(test, i / nr_addrs, vma, mmk_pte(mm, addr),
				 page, ptes);
	}
}

/*
 * Whether a page is still in the swap cache is nobody's business: take it out. A slot
 * that leaks is found later, as swapoff then never ends.
 */
static void leave_swap_cache(struct mmx_run *run)
{
	struct mm_struct *mms[MMX_MMS];
	unsigned int nr = all_mms(run, mms), i;
	struct folio *folio;
	struct page *page;

	if (!(run->program->needs & MMX_SWAP))
		return;
	for (i = 0; i < 2 * nr; i++) {
		page = mapped_page(mms[i / 2], i % 2 ? run->other : run->addr);
		if (!page)
			continue;
		folio = page_folio(page);
		if (!folio_trylock(folio))
			continue;
		folio_free_swap(folio);
		folio_unlock(folio);
	}
}

/* What is swapped out is read, last of all, as this changes the state. */
static void describe_swapped(struct seq_buf *text, struct mmx_run *run)
{
	struct mm_struct *mms[MMX_MMS];
	unsigned int nr = all_mms(run, mms), i;
	unsigned long addr;
	struct page *page;

	if (!(run->program->needs & MMX_SWAP))
		return;
	for (i = 0; i < 2 * nr; i++) {
		addr = i % 2 ? run->other : run->addr;
		if (!addr || mmk_pte_kind(mms[i / 2], addr) != MMK_PTE_SWAP)
			continue;
		seq_buf_printf(text, "; swapped of mm %u:", i / 2);
		mmk_fault_in(mms[i / 2], addr, false);
		page = mapped_page(mms[i / 2], addr);
		if (page)
			describe_bytes(text, page);
	}
}

static void describe(struct kunit *test, struct mmx_run *run)
{
	struct folio *seen[MMX_PLACES + 1] = {};
	struct mm_struct *mms[MMX_MMS];
	unsigned int nr, i;
	struct seq_buf text;

	lru_add_drain_all();
	leave_swap_cache(run);
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
	expect_sane(test, run);
	describe_swapped(&text, run);
	seq_buf_str(&text);
	KUNIT_ASSERT_FALSE(test, seq_buf_has_overflowed(&text));
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

static void free_actor(struct kunit *test, struct mmx_actor *actor)
{
	if (!actor)
		return;
	if (actor->child)
		mmput(actor->child);
	mmk_task_free(test, &actor->task);
}

/**
 * mmx_tear_down() - Give back what a run has left
 * @test: the case
 * @run: has ended; is freed, it is of kunit_kzalloc()
 */
void mmx_tear_down(struct kunit *test, struct mmx_run *run)
{
	unsigned long beside = neighbours(run->program) * PAGE_SIZE;
	unsigned int i;

	if (run->hold && run->hold->held) {
		/* Nobody has ended it. */
		remove_migration_ptes(run->hold->folio, run->hold->folio, 0);
		mmk_hold_finish(NULL, run->hold, false);
	}
	for (i = 0; i < MMX_TASKS; i++)
		free_actor(test, run->actors[i]);
	for (i = 0; i < MMX_TASKS; i++)
		free_actor(test, run->touches[i]);
	if (run->sibling)
		mmk_mm_put(test, run->sibling);
	if (run->watch)
		fput(run->watch);
	KUNIT_EXPECT_EQ(test, vm_munmap(run->addr - beside, PAGE_SIZE + 2 * beside),
			0);
	if (run->much)
		KUNIT_EXPECT_EQ(test, vm_munmap(run->much, mmx_much()), 0);
	if (run->other)
		KUNIT_EXPECT_EQ(test, vm_munmap(run->other - PAGE_SIZE,
						2 * PAGE_SIZE), 0);
	if (run->program->ground.swap && run->program->ground.swap->on)
		mmk_swapoff(test, run->program->ground.swap);
	/* What a task has closed is open a little longer. */
	flush_delayed_fput();
	use_free_pages();
	kunit_kfree(test, run);
}
