// SPDX-License-Identifier: GPL-2.0
/*
 * The other calls of a userfaultfd, while the layout of the address space
 * changes, and what becomes of a range that it watches. The man pages of
 * userfaultfd(2) and of UFFDIO_*(2const) say what to expect.
 */
#include <kunit/test.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/pagemap.h>
#include <linux/rmap.h>
#include <linux/syscalls.h>
#include <linux/uaccess.h>
#include <linux/userfaultfd.h>
#include <linux/userfaultfd_k.h>
#include <linux/wait.h>

#include <uapi/linux/wait.h>

#include "../../internal.h"
#include "../compat/leaf.h"
#include "../compat/rmap.h"
#include "../lib/guard.h"
#include "../lib/migrate.h"
#include "../lib/mm.h"
#include "../lib/pte.h"
#include "../lib/snapshot.h"
#include "../lib/task.h"
#include "../lib/uffd.h"
#include "mover.h"

/* Pages that are watched */
#define NR_PAGES	4

/* What a call leaves in its output field if it does not write there */
#define UNTOUCHED	0x5a5a5a5a5a5a5a5aLL

/**
 * struct watched - A range that a userfaultfd watches for missing pages
 * @mm: the address space
 * @uffd: the userfaultfd
 * @ctx: the userfaultfd, as the kernel has it
 * @dst: NR_PAGES holes, watched
 * @src: NR_PAGES pages that hold SEED
 */
struct watched {
	struct mm_struct *mm;
	struct mmk_uffd *uffd;
	struct userfaultfd_ctx *ctx;
	unsigned long dst;
	unsigned long src;
};

static unsigned long dst_page(struct watched *w, unsigned int i)
{
	return w->dst + i * PAGE_SIZE;
}

static void watched_init(struct kunit *test, struct watched *w, u64 features)
{
	w->mm = mmk_mm_enter(test);
	w->uffd = mmk_uffd_open_with(test, features);
	w->ctx = w->uffd->file->private_data;
	w->src = mmk_map_anon(test, NR_PAGES);
	mmk_fill(test, w->src, NR_PAGES, SEED);
	/* Not to be merged with the source */
	mmk_mmap(test, NULL, PAGE_SIZE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS);
	w->dst = mmk_map_anon(test, NR_PAGES);
	mmk_uffd_register(test, w->uffd, w->dst, NR_PAGES * PAGE_SIZE);
}

/* Each returns what ioctl() returns, and what is in the output field. */
static long call_copy(struct kunit *test, struct watched *w, s64 *out)
{
	struct uffdio_copy copy = {
		.dst = w->dst, .src = w->src, .len = PAGE_SIZE,
		.copy = UNTOUCHED,
	};
	long ret = mmk_uffd_ioctl(test, w->uffd, UFFDIO_COPY, &copy);

	*out = copy.copy;
	return ret;
}

static long call_zeropage(struct kunit *test, struct watched *w, s64 *out)
{
	struct uffdio_zeropage zero = {
		.range = { .start = w->dst, .len = PAGE_SIZE },
		.zeropage = UNTOUCHED,
	};
	long ret = mmk_uffd_ioctl(test, w->uffd, UFFDIO_ZEROPAGE, &zero);

	*out = zero.zeropage;
	return ret;
}

static long call_poison(struct kunit *test, struct watched *w, s64 *out)
{
	struct uffdio_poison poison = {
		.range = { .start = w->dst, .len = PAGE_SIZE },
		.updated = UNTOUCHED,
	};
	long ret = mmk_uffd_ioctl(test, w->uffd, UFFDIO_POISON, &poison);

	*out = poison.updated;
	return ret;
}

static long call_move(struct kunit *test, struct watched *w, s64 *out)
{
	struct uffdio_move move = {
		.dst = w->dst, .src = w->src, .len = PAGE_SIZE,
		.move = UNTOUCHED,
	};
	long ret = mmk_uffd_ioctl(test, w->uffd, UFFDIO_MOVE, &move);

	*out = move.move;
	return ret;
}

/**
 * struct call_case - A call that fills a hole
 * @description: for the KTAP line
 * @call: calls it
 */
struct call_case {
	const char *description;
	long (*call)(struct kunit *test, struct watched *w, s64 *out);
};

static const struct call_case call_cases[] = {
	{ "UFFDIO_COPY", call_copy },
	{ "UFFDIO_ZEROPAGE", call_zeropage },
	{ "UFFDIO_POISON", call_poison },
	{ "UFFDIO_MOVE", call_move },
};

KUNIT_ARRAY_PARAM_DESC(call, call_cases, description);

/**
 * changing_layout_refuses_every_call() - -EAGAIN, twice
 *
 * While an event has not been read, nothing is filled. The return value is
 * -EAGAIN, and so is the output field, from which a monitor learns how much has
 * been done. Afterwards the same call succeeds.
 *
 * Contract: UM-1
 */
static void changing_layout_refuses_every_call(struct kunit *test)
{
	const struct call_case *c = test->param_value;
	struct watched w;
	s64 out;

	watched_init(test, &w, 0);
	atomic_inc(&w.ctx->mmap_changing);
	KUNIT_EXPECT_EQ(test, c->call(test, &w, &out), -EAGAIN);
	atomic_dec(&w.ctx->mmap_changing);
	KUNIT_EXPECT_EQ(test, out, (s64)-EAGAIN);
	MMK_EXPECT_PTE(test, w.mm, w.dst, NONE);
	KUNIT_EXPECT_EQ(test, c->call(test, &w, &out), 0L);
	KUNIT_EXPECT_EQ(test, out, (s64)PAGE_SIZE);
}

/**
 * struct dropper - A task that gives up a page, and waits for the monitor
 * @task: the thread
 * @addr: of the page
 * @ret: what madvise() returned
 */
struct dropper {
	struct mmk_task task;
	unsigned long addr;
	int ret;
};

static void dropper_main(struct mmk_task *task)
{
	struct dropper *d = container_of(task, struct dropper, task);

	d->ret = do_madvise(task->mm, d->addr, PAGE_SIZE, MADV_DONTNEED);
}

/**
 * layout_changes_until_the_last_event_is_read() - Two events
 *
 * Two tasks give up a page each, which are two events. As long as one of them
 * has not been read, nothing is filled. When both have been read, a hole can be.
 *
 * Contract: UM-1
 */
static void layout_changes_until_the_last_event_is_read(struct kunit *test)
{
	struct dropper *d[2];
	struct uffd_msg msg;
	struct watched w;
	unsigned int i;
	s64 out;

	watched_init(test, &w, UFFD_FEATURE_EVENT_REMOVE);
	for (i = 0; i < ARRAY_SIZE(d); i++)
		mmk_uffd_zero(test, w.uffd, dst_page(&w, 1 + i));
	for (i = 0; i < ARRAY_SIZE(d); i++) {
		d[i] = mmk_task_alloc(test, sizeof(*d[i]), w.mm, dropper_main);
		d[i]->addr = dst_page(&w, 1 + i);
		mmk_task_start(&d[i]->task);
		KUNIT_EXPECT_TRUE(test,
				  mmk_task_sleeps_in(&d[i]->task,
						     "userfaultfd_event_wait_completion"));
	}
	for (i = 0; i < ARRAY_SIZE(d); i++) {
		KUNIT_EXPECT_EQ(test, call_zeropage(test, &w, &out), -EAGAIN);
		KUNIT_EXPECT_TRUE(test, mmk_uffd_read(w.uffd, &msg));
		KUNIT_EXPECT_EQ(test, (int)msg.event, UFFD_EVENT_REMOVE);
		KUNIT_EXPECT_EQ(test, (unsigned long)msg.arg.remove.end -
				(unsigned long)msg.arg.remove.start, PAGE_SIZE);
		KUNIT_EXPECT_TRUE(test,
				  mmk_task_join(&d[msg.arg.remove.start ==
						   dst_page(&w, 2)]->task));
	}
	KUNIT_EXPECT_FALSE(test, mmk_uffd_read(w.uffd, &msg));
	KUNIT_EXPECT_EQ(test, call_zeropage(test, &w, &out), 0L);
	for (i = 0; i < ARRAY_SIZE(d); i++)
		KUNIT_EXPECT_EQ(test, d[i]->ret, 0);
	MMK_EXPECT_PTE(test, w.mm, dst_page(&w, 1), NONE);
	MMK_EXPECT_PTE(test, w.mm, dst_page(&w, 2), NONE);
}

static bool is_watched(struct mm_struct *mm, unsigned long addr)
{
	struct vm_area_struct *vma = mmk_vma_at(mm, addr);

	return vma->vm_userfaultfd_ctx.ctx ||
	       (vma->vm_flags & (VM_UFFD_MISSING | VM_UFFD_WP));
}

/**
 * child_is_not_watched() - fork() without UFFD_FEATURE_EVENT_FORK
 *
 * The monitor watches the parent, and does not follow fork(): the child gets the
 * page that is missing at once, and has no reference on the userfaultfd. The
 * parent is still watched.
 *
 * Contract: UM-1
 */
static void child_is_not_watched(struct kunit *test)
{
	struct mm_struct *child;
	struct watched w;
	unsigned int refs;

	watched_init(test, &w, 0);
	mmk_uffd_zero(test, w.uffd, dst_page(&w, 1));
	refs = refcount_read(&w.ctx->refcount);
	child = mmk_fork(test);
	KUNIT_EXPECT_FALSE(test, is_watched(child, w.dst));
	KUNIT_EXPECT_TRUE(test, is_watched(w.mm, w.dst));
	KUNIT_EXPECT_EQ(test, mmk_fault_in(child, w.dst, true), 0);
	MMK_EXPECT_PTE(test, child, w.dst, PRESENT);
	mmk_mm_put(test, child);
	KUNIT_EXPECT_EQ(test, refcount_read(&w.ctx->refcount), refs);
	KUNIT_EXPECT_EQ(test, atomic_read(&w.ctx->mmap_changing), 0);
}

/**
 * moved_mapping_is_not_watched() - mremap() without UFFD_FEATURE_EVENT_REMAP
 *
 * The monitor does not learn of the new place, so that it could not fill holes
 * there. They are filled with zeroes, as those of any other mapping.
 *
 * Contract: UM-1
 */
static void moved_mapping_is_not_watched(struct kunit *test)
{
	struct watched w;
	unsigned long to;
	unsigned int refs;

	watched_init(test, &w, 0);
	mmk_uffd_zero(test, w.uffd, dst_page(&w, 1));
	refs = refcount_read(&w.ctx->refcount);
	to = mmk_mmap(test, NULL, NR_PAGES * PAGE_SIZE, PROT_NONE,
		      MAP_PRIVATE | MAP_ANONYMOUS);
	KUNIT_ASSERT_EQ(test, (unsigned long)
			sys_mremap(w.dst, NR_PAGES * PAGE_SIZE,
				   NR_PAGES * PAGE_SIZE,
				   MREMAP_MAYMOVE | MREMAP_FIXED, to), to);
	KUNIT_EXPECT_FALSE(test, is_watched(w.mm, to));
	MMK_EXPECT_PTE(test, w.mm, to + PAGE_SIZE, PRESENT);
	KUNIT_EXPECT_EQ(test, mmk_fault_in(w.mm, to, true), 0);
	KUNIT_EXPECT_EQ(test, refcount_read(&w.ctx->refcount), refs);
	KUNIT_EXPECT_EQ(test, atomic_read(&w.ctx->mmap_changing), 0);
}

static void give_back_action(void *data)
{
	struct folio *folio = data;

	folio_unlock(folio);
	folio_put(folio);
}

/**
 * failed_fork_is_no_event() - With UFFD_FEATURE_EVENT_FORK
 *
 * fork() cannot copy a page, and fails. There is no child that the monitor could
 * be told of: it has no event to read, and the layout does not change. Nobody
 * has a reference too many on the userfaultfd.
 *
 * Contract: UM-1
 */
static void failed_fork_is_no_event(struct kunit *test)
{
	struct uffd_msg msg;
	struct folio *folio;
	struct watched w;
	unsigned int refs;
	int mm_refs;
	pid_t pid;
	s64 out;

	watched_init(test, &w, UFFD_FEATURE_EVENT_FORK);
	KUNIT_ASSERT_EQ(test, call_copy(test, &w, &out), 0L);
	refs = refcount_read(&w.ctx->refcount);
	/* A device has exclusive access to the page, and has locked it. */
	folio = mmk_make_exclusive(test, w.mm, w.dst);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, give_back_action,
							folio), 0);
	mm_refs = atomic_read(&w.mm->mm_count);
	pid = mmk_try_fork();
	KUNIT_EXPECT_LT(test, pid, 0);
	if (pid > 0)
		kernel_wait4(pid, NULL, __WALL, NULL);
	KUNIT_EXPECT_EQ(test, atomic_read(&w.ctx->mmap_changing), 0);
	KUNIT_EXPECT_FALSE(test, mmk_uffd_read(w.uffd, &msg));
	KUNIT_EXPECT_EQ(test, refcount_read(&w.ctx->refcount), refs);
	KUNIT_EXPECT_EQ(test, atomic_read(&w.mm->mm_count), mm_refs);
	mmk_uffd_zero(test, w.uffd, dst_page(&w, 1));
	atomic_set(&w.ctx->mmap_changing, 0);
}

/**
 * struct part_case - A part of a VMA that is to be watched
 * @description: for the KTAP line
 * @first: its first page
 * @nr: its pages
 * @watched: the first page is watched already
 */
struct part_case {
	const char *description;
	unsigned int first;
	unsigned int nr;
	bool watched;
};

static const struct part_case part_cases[] = {
	{ "beginning", 0, 2 },
	{ "middle", 1, 2 },
	{ "end", 2, 2 },
	{ "one page", 3, 1 },
	{ "behind what is watched", 1, 2, true },
	{ "with what is watched", 0, 3, true },
};

KUNIT_ARRAY_PARAM_DESC(part, part_cases, description);

/**
 * only_the_registered_part_is_watched() - UFFDIO_REGISTER of a part of a VMA
 *
 * The pages of the range are watched, and no others, whatever VMAs there are.
 * UFFDIO_UNREGISTER of the same range leaves the others alone.
 *
 * Contract: UM-1
 */
static void only_the_registered_part_is_watched(struct kunit *test)
{
	const struct part_case *c = test->param_value;
	struct mm_struct *mm = mmk_mm_enter(test);
	struct mmk_uffd *uffd = mmk_uffd_open(test);
	unsigned long addr = mmk_map_anon(test, NR_PAGES);
	struct uffdio_range range = {
		.start = addr + c->first * PAGE_SIZE,
		.len = c->nr * PAGE_SIZE,
	};
	unsigned int i;
	bool in;

	if (c->watched)
		mmk_uffd_register(test, uffd, addr, PAGE_SIZE);
	mmk_uffd_register(test, uffd, range.start, range.len);
	for (i = 0; i < NR_PAGES; i++) {
		in = i >= c->first && i < c->first + c->nr;
		KUNIT_EXPECT_EQ_MSG(test, is_watched(mm, addr + i * PAGE_SIZE),
				    in || (c->watched && !i), "page %u", i);
		if (!in && (!c->watched || i))
			KUNIT_EXPECT_EQ(test, mmk_fault_in(mm, addr +
							   i * PAGE_SIZE, true),
					0);
	}
	KUNIT_EXPECT_EQ(test, mmk_uffd_ioctl(test, uffd, UFFDIO_UNREGISTER,
					     &range), 0L);
	for (i = 0; i < NR_PAGES; i++) {
		in = i >= c->first && i < c->first + c->nr;
		KUNIT_EXPECT_EQ_MSG(test, is_watched(mm, addr + i * PAGE_SIZE),
				    c->watched && !i && !in, "page %u", i);
	}
}

static struct mmk_fault *wait_for_page(struct kunit *test, struct watched *w,
				       unsigned int i)
{
	struct mmk_fault *fault;

	fault = mmk_fault_alloc(test, w->mm, dst_page(w, i),
				FAULT_FLAG_ALLOW_RETRY | FAULT_FLAG_KILLABLE |
				FAULT_FLAG_USER, MMK_MMAP_LOCK);
	fault->retry = true;
	mmk_task_start(&fault->task);
	KUNIT_ASSERT_TRUE(test, mmk_task_sleeps_in(&fault->task,
						   "handle_userfault"));
	return fault;
}

/**
 * filled_page_wakes_its_own_waiter() - The others sleep on
 *
 * Two tasks wait for two pages. One page is filled, and the task that waits for
 * it is served. The other one still sleeps.
 *
 * Contract: UM-1
 */
static void filled_page_wakes_its_own_waiter(struct kunit *test)
{
	const struct call_case *c = test->param_value;
	struct mmk_fault *fault[2];
	struct watched w;
	unsigned int i;
	s64 out;

	watched_init(test, &w, 0);
	for (i = 0; i < ARRAY_SIZE(fault); i++)
		fault[i] = wait_for_page(test, &w, i);
	KUNIT_EXPECT_EQ(test, c->call(test, &w, &out), 0L);
	KUNIT_ASSERT_TRUE(test, mmk_task_join(&fault[0]->task));
	KUNIT_EXPECT_EQ(test, fault[0]->tries, 2U);
	KUNIT_EXPECT_TRUE(test, mmk_task_sleeps_in(&fault[1]->task,
						   "handle_userfault"));
	mmk_uffd_zero(test, w.uffd, dst_page(&w, 1));
	KUNIT_ASSERT_TRUE(test, mmk_task_join(&fault[1]->task));
	KUNIT_EXPECT_EQ(test, fault[1]->tries, 2U);
}

/**
 * page_behind_the_end_of_a_file_is_not_filled() - UFFDIO_COPY
 *
 * The mapping is longer than the file. A page there would be SIGBUS (mmap(2)),
 * and cannot be filled. The file has neither grown nor another page.
 *
 * Contract: UM-1
 */
static void page_behind_the_end_of_a_file_is_not_filled(struct kunit *test)
{
	struct file *file;
	struct watched w;
	s64 out;

	watched_init(test, &w, 0);
	file = mmk_shmem_file(test, 1);
	w.dst = mmk_mmap(test, file, 2 * PAGE_SIZE, PROT_READ | PROT_WRITE,
			 MAP_SHARED);
	mmk_uffd_register(test, w.uffd, w.dst, 2 * PAGE_SIZE);
	KUNIT_EXPECT_EQ(test, call_copy(test, &w, &out), 0L);
	MMK_EXPECT_PTE(test, w.mm, w.dst, PRESENT);
	w.dst += PAGE_SIZE;
	KUNIT_EXPECT_LT(test, call_copy(test, &w, &out), 0L);
	KUNIT_EXPECT_LT(test, out, 0LL);
	MMK_EXPECT_PTE(test, w.mm, w.dst, NONE);
	KUNIT_EXPECT_NULL(test, xa_load(&file->f_mapping->i_pages, 1));
	KUNIT_EXPECT_EQ(test, i_size_read(file_inode(file)), (loff_t)PAGE_SIZE);
}

/**
 * struct copier - A task that calls UFFDIO_COPY
 * @task: the thread
 * @file: the userfaultfd
 * @arg: where its arguments are
 * @ret: what ioctl() returned
 */
struct copier {
	struct mmk_task task;
	struct file *file;
	unsigned long arg;
	long ret;
};

static void copier_main(struct mmk_task *task)
{
	struct copier *c = container_of(task, struct copier, task);

	c->ret = c->file->f_op->unlocked_ioctl(c->file, UFFDIO_COPY, c->arg);
}

static void become_hole(struct kunit *test, struct watched *w)
{
}

static void become_private(struct kunit *test, struct watched *w)
{
	KUNIT_ASSERT_EQ(test, vm_mmap(NULL, w->dst, NR_PAGES * PAGE_SIZE,
				      PROT_READ | PROT_WRITE, MAP_PRIVATE |
				      MAP_ANONYMOUS | MAP_FIXED, 0), w->dst);
}

static void become_watched(struct kunit *test, struct watched *w)
{
	become_private(test, w);
	mmk_uffd_register(test, w->uffd, w->dst, NR_PAGES * PAGE_SIZE);
}

static void become_file(struct kunit *test, struct watched *w)
{
	KUNIT_ASSERT_EQ(test, vm_mmap(mmk_shmem_file(test, NR_PAGES), w->dst,
				      NR_PAGES * PAGE_SIZE,
				      PROT_READ | PROT_WRITE,
				      MAP_SHARED | MAP_FIXED, 0), w->dst);
	mmk_uffd_register(test, w->uffd, w->dst, NR_PAGES * PAGE_SIZE);
}

static void become_private_file(struct kunit *test, struct watched *w)
{
	KUNIT_ASSERT_EQ(test, vm_mmap(mmk_shmem_file(test, NR_PAGES), w->dst,
				      NR_PAGES * PAGE_SIZE,
				      PROT_READ | PROT_WRITE,
				      MAP_PRIVATE | MAP_FIXED, 0), w->dst);
	mmk_uffd_register(test, w->uffd, w->dst, NR_PAGES * PAGE_SIZE);
}

/**
 * struct become_case - What comes in the place of the destination
 * @description: for the KTAP line
 * @file: the destination was a file
 * @become: puts it there
 */
struct become_case {
	const char *description;
	bool file;
	void (*become)(struct kunit *test, struct watched *w);
};

static const struct become_case become_cases[] = {
	{ "nothing", false, become_hole },
	{ "a mapping that is not watched", false, become_private },
	{ "a mapping that is watched", false, become_watched },
	{ "a file", false, become_file },
	{ "a private mapping of a file", false, become_private_file },
	{ "file, then nothing", true, become_hole },
	{ "file, then private memory", true, become_watched },
	{ "file, then another file", true, become_file },
};

KUNIT_ARRAY_PARAM_DESC(become, become_cases, description);

static void hold_end(struct kunit *test, struct mmk_hold *hold)
{
	remove_migration_ptes(hold->folio, hold->folio, 0);
	mmk_hold_finish(test, hold, false);
}

/**
 * changed_destination_gets_no_wrong_page() - While the source is read
 *
 * UFFDIO_COPY has to wait for its source, which is under migration, and holds no
 * lock meanwhile. The destination becomes another mapping. Either the call fails
 * and nothing is there; or the new mapping is watched as well, and has got a page
 * that it may have: one of its file if it is shared, a private one if not.
 *
 * Contract: UM-1
 */
static void changed_destination_gets_no_wrong_page(struct kunit *test)
{
	const struct become_case *b = test->param_value;
	struct uffdio_copy args;
	struct vm_area_struct *vma;
	struct mmk_hold *hold;
	struct folio *folio;
	struct watched w;
	struct copier *c;

	watched_init(test, &w, 0);
	if (b->file)
		become_file(test, &w);
	c = mmk_task_alloc(test, sizeof(*c), w.mm, copier_main);
	c->file = w.uffd->file;
	c->arg = mmk_map_anon(test, 1);
	args = (struct uffdio_copy){
		.dst = w.dst, .src = w.src, .len = PAGE_SIZE, .copy = UNTOUCHED,
	};
	KUNIT_ASSERT_EQ(test, copy_to_user((void __user *)c->arg, &args,
					   sizeof(args)), 0UL);
	folio = mmk_pte_folio(test, w.mm, w.src);
	hold = mmk_hold(test, folio);
	try_to_migrate(folio, 0);
	mmk_task_start(&c->task);
	KUNIT_EXPECT_TRUE(test, mmk_task_waits(&c->task));
	KUNIT_ASSERT_EQ(test, vm_munmap(w.dst, NR_PAGES * PAGE_SIZE), 0);
	b->become(test, &w);
	hold_end(test, hold);
	KUNIT_ASSERT_TRUE(test, mmk_task_join(&c->task));
	KUNIT_ASSERT_EQ(test, copy_from_user(&args, (void __user *)c->arg,
					     sizeof(args)), 0UL);
	if (c->ret) {
		KUNIT_EXPECT_EQ(test, args.copy, (s64)c->ret);
		vma = mmk_vma_at(w.mm, w.dst);
		KUNIT_EXPECT_TRUE(test, !vma ||
				  mmk_pte_kind(w.mm, w.dst) == MMK_PTE_NONE ||
				  mmk_pte_kind(w.mm, w.dst) == MMK_PTE_NO_TABLE);
		return;
	}
	KUNIT_EXPECT_EQ(test, args.copy, (s64)PAGE_SIZE);
	KUNIT_ASSERT_TRUE(test, b->become != become_hole &&
			  b->become != become_private);
	vma = mmk_vma_at(w.mm, w.dst);
	MMK_EXPECT_PTE(test, w.mm, w.dst, PRESENT);
	folio = mmk_pte_folio(test, w.mm, w.dst);
	KUNIT_EXPECT_EQ(test, folio_test_anon(folio),
			!(vma->vm_flags & VM_SHARED));
	if (vma->vm_flags & VM_SHARED)
		KUNIT_EXPECT_PTR_EQ(test, folio->mapping,
				    vma->vm_file->f_mapping);
	MMK_EXPECT_HOLDS(test, w.dst, 1, SEED);
}

static struct kunit_case uffd_move_event_cases[] = {
	KUNIT_CASE_PARAM(changing_layout_refuses_every_call, call_gen_params),
	KUNIT_CASE(layout_changes_until_the_last_event_is_read),
	KUNIT_CASE(child_is_not_watched),
	KUNIT_CASE(moved_mapping_is_not_watched),
	KUNIT_CASE(failed_fork_is_no_event),
	KUNIT_CASE_PARAM(only_the_registered_part_is_watched, part_gen_params),
	KUNIT_CASE_PARAM(filled_page_wakes_its_own_waiter, call_gen_params),
	KUNIT_CASE(page_behind_the_end_of_a_file_is_not_filled),
	KUNIT_CASE_PARAM(changed_destination_gets_no_wrong_page,
			 become_gen_params),
	{}
};

static struct kunit_suite uffd_move_event_suite = {
	.name = "uffd_move_event",
	.init = mmk_case_init,
	.test_cases = uffd_move_event_cases,
};

kunit_test_suite(uffd_move_event_suite);
