// SPDX-License-Identifier: GPL-2.0
/*
 * A userfaultfd, the range that it watches, and tasks that call UFFDIO_MOVE.
 */
#include <kunit/test.h>
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/mmu_notifier.h>
#include <linux/pagemap.h>
#include <linux/rmap.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <linux/userfaultfd.h>

#include "../../internal.h"
#include "../compat/rmap.h"
#include "../compat/trace.h"
#include "../lib/mm.h"
#include "../lib/pte.h"
#include "../lib/snapshot.h"
#include "../lib/task.h"
#include "../lib/uffd.h"
#include "../lib/wait.h"
#include "mover.h"

/* Only a process moves pages. */
static bool is_mover(void)
{
	return !(current->flags & PF_KTHREAD);
}

static int watch_start(struct mmu_notifier *mn,
		       const struct mmu_notifier_range *range)
{
	struct um_watch *w = container_of(mn, struct um_watch, mn);

	if (!is_mover())
		return 0;
	w->tries++;
	w->event = range->event;
	w->start = range->start;
	w->end = range->end;
	if (w->folio)
		w->max_refs = max(w->max_refs, folio_ref_count(w->folio));
	if ((w->limit && w->tries == w->limit) ||
	    (w->kill_at && w->tries == w->kill_at))
		send_sig(SIGKILL, current, 1);
	if (w->pause_at && w->tries == w->pause_at)
		wait_for_completion(&w->go);
	return 0;
}

static void watch_end(struct mmu_notifier *mn,
		      const struct mmu_notifier_range *range)
{
	if (is_mover())
		container_of(mn, struct um_watch, mn)->ends++;
}

static const struct mmu_notifier_ops watch_ops = {
	.invalidate_range_start	= watch_start,
	.invalidate_range_end	= watch_end,
};

static void watch_release(void *data)
{
	struct um_watch *w = data;

	complete_all(&w->go);
	mmu_notifier_unregister(&w->mn, w->mn.mm);
}

/**
 * um_open() - Open a userfaultfd that can move pages
 * @test: the case
 * @mm: current->mm
 *
 * No range is registered yet. An MMU notifier watches the moves from now on.
 *
 * Return: the userfaultfd.
 */
struct mover *um_open(struct kunit *test, struct mm_struct *mm)
{
	struct mover *m = kunit_kzalloc(test, sizeof(*m), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, m);
	m->mm = mm;
	m->uffd = mmk_uffd_open_with(test, UFFD_FEATURE_MOVE);
	m->watch.limit = UM_MANY_TRIES;
	init_completion(&m->watch.go);
	m->watch.mn.ops = &watch_ops;
	KUNIT_ASSERT_EQ(test, mmu_notifier_register(&m->watch.mn, mm), 0);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, watch_release,
							&m->watch), 0);
	return m;
}

/**
 * um_register() - Register a range with the userfaultfd
 * @test: the case
 * @m: the userfaultfd
 * @addr: private anonymous memory
 * @len: bytes
 */
void um_register(struct kunit *test, struct mover *m, unsigned long addr,
		 size_t len)
{
	u64 ioctls = mmk_uffd_register(test, m->uffd, addr, len);

	KUNIT_ASSERT_TRUE(test, ioctls & BIT_ULL(_UFFDIO_MOVE));
}

/**
 * um_forget() - Touch memory, and drop what has come
 * @test: the case
 * @m: the userfaultfd
 * @addr: private anonymous memory, not registered yet
 * @len: bytes that one fault brings: PAGE_SIZE, or MMK_HUGE_SIZE
 *
 * What is made once for a VMA is there afterwards: no move has to.
 */
void um_forget(struct kunit *test, struct mover *m, unsigned long addr,
	       size_t len)
{
	KUNIT_ASSERT_EQ(test, mmk_fault_in(m->mm, addr, true), 0);
	KUNIT_ASSERT_EQ(test, do_madvise(m->mm, addr, len, MADV_DONTNEED), 0);
}

/**
 * um_create() - Enter an mm with pages to move, and a destination
 * @test: the case
 *
 * The pages are young, dirty and exclusive, and hold SEED. The destination has a
 * page table and an anon_vma, so that the first move takes the same steps as
 * any other.
 *
 * Return: the userfaultfd, with the destination registered.
 */
struct mover *um_create(struct kunit *test)
{
	struct mover *m = um_open(test, mmk_mm_enter(test));

	m->src = mmk_map_anon(test, UM_PAGES);
	mmk_mmap(test, NULL, PAGE_SIZE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS);
	m->dst = mmk_map_anon(test, UM_PAGES);
	mmk_fill(test, m->src, UM_PAGES, SEED);
	um_forget(test, m, m->dst, PAGE_SIZE);
	um_register(test, m, m->dst, UM_PAGES * PAGE_SIZE);
	lru_add_drain_all();
	return m;
}

static struct anon_vma *anon_vma_at(struct mm_struct *mm, unsigned long addr)
{
	struct vm_area_struct *vma = mmk_vma_at(mm, addr);

	return vma ? vma->anon_vma : NULL;
}

static void move_main(struct mmk_task *task)
{
	struct um_move *move = container_of(task, struct um_move, task);
	struct file *file = move->mover->uffd->file;

	move->ret = file->f_op->unlocked_ioctl(file, UFFDIO_MOVE, move->arg);
}

/**
 * um_prepare() - Make a process that will move pages
 * @test: the case
 * @m: whose userfaultfd
 * @args: what it is called with
 *
 * The process is killed when it has tried UM_MANY_TRIES times.
 *
 * Return: the process, for mmk_process_start().
 */
struct um_move *um_prepare(struct kunit *test, struct mover *m,
			   const struct uffdio_move *args)
{
	struct um_move *move = mmk_process_alloc(test, sizeof(*move), move_main);
	struct uffdio_move user = *args;

	user.move = UM_UNTOUCHED;
	move->mover = m;
	move->arg = m->uffd->arg + m->nr_moves++ % 32 * sizeof(user);
	KUNIT_ASSERT_EQ(test, copy_to_user((void __user *)move->arg, &user,
					   sizeof(user)), 0UL);
	m->watch.tries = 0;
	m->watch.ends = 0;
	m->watch.max_refs = 0;
	move->src = args->src;
	move->anon_vma = anon_vma_at(m->mm, args->src);
	if (move->anon_vma)
		move->anon_vma_refs = atomic_read(&move->anon_vma->refcount);
	return move;
}

/**
 * um_start() - Start a process that moves pages
 * @test: the case
 * @m: whose userfaultfd
 * @args: what it is called with
 *
 * Return: the process, see um_prepare().
 */
struct um_move *um_start(struct kunit *test, struct mover *m,
			 const struct uffdio_move *args)
{
	struct um_move *move = um_prepare(test, m, args);

	mmk_process_start(&move->task);
	return move;
}

/**
 * um_join() - Wait for the end of a move
 * @test: the case, which fails if the move does not come back, or only when it
 *        is killed
 * @move: from um_start()
 *
 * Return: whether the move has returned by itself.
 */
bool um_join(struct kunit *test, struct um_move *move)
{
	struct um_watch *w = &move->mover->watch;
	struct uffdio_move user;

	if (!mmk_task_join(&move->task)) {
		KUNIT_FAIL(test, "UFFDIO_MOVE does not come back, %u tries",
			   w->tries);
		kill_pid(task_pid(move->task.task), SIGKILL, 1);
		KUNIT_ASSERT_TRUE(test, mmk_task_join(&move->task));
		return false;
	}
	KUNIT_ASSERT_EQ(test, copy_from_user(&user, (void __user *)move->arg,
					     sizeof(user)), 0UL);
	move->moved = user.move;
	KUNIT_EXPECT_EQ_MSG(test, w->ends, w->tries,
			    "an MMU notifier is told of a start and no end");
	if (move->anon_vma &&
	    move->anon_vma == anon_vma_at(move->mover->mm, move->src))
		KUNIT_EXPECT_LE_MSG(test, atomic_read(&move->anon_vma->refcount),
				    move->anon_vma_refs,
				    "references on the anon_vma");
	if (w->limit && w->tries >= w->limit) {
		KUNIT_FAIL(test, "UFFDIO_MOVE goes on for ever");
		return false;
	}
	return true;
}

/**
 * um_move() - Move pages to the same place in the destination
 * @test: the case
 * @m: the userfaultfd
 * @page: first page
 * @nr_pages: how many
 * @mode: UFFDIO_MOVE_MODE_*
 *
 * Return: the move, which has returned.
 */
struct um_move *um_move(struct kunit *test, struct mover *m, unsigned int page,
			unsigned int nr_pages, u64 mode)
{
	const struct uffdio_move args = {
		.dst = m->dst + page * PAGE_SIZE,
		.src = m->src + page * PAGE_SIZE,
		.len = nr_pages * PAGE_SIZE,
		.mode = mode,
	};
	struct um_move *move = um_start(test, m, &args);

	KUNIT_ASSERT_TRUE(test, um_join(test, move));
	return move;
}

static void holder_main(struct mmk_task *task)
{
	struct um_holder *h = container_of(task, struct um_holder, task);

	anon_vma_lock_write(h->anon_vma);
	complete(&h->held);
	wait_for_completion(&h->go);
	anon_vma_unlock_write(h->anon_vma);
}

static void holder_stop(void *data)
{
	struct um_holder *h = data;

	complete_all(&h->go);
}

static void holder_put(void *data)
{
	struct um_holder *h = data;

	put_anon_vma(h->anon_vma);
}

/**
 * um_lock_rmap() - Have another task lock the anon_vma of a folio
 * @test: the case
 * @m: whose address space
 * @folio: an anonymous folio, mapped and not locked
 *
 * The anon_vma has another reference until the end of the case.
 *
 * Return: the task, for um_unlock_rmap().
 */
struct um_holder *um_lock_rmap(struct kunit *test, struct mover *m,
			       struct folio *folio)
{
	struct um_holder *h = mmk_task_alloc(test, sizeof(*h), m->mm,
					     holder_main);

	init_completion(&h->held);
	init_completion(&h->go);
	folio_lock(folio);
	h->anon_vma = folio_get_anon_vma(folio);
	folio_unlock(folio);
	KUNIT_ASSERT_NOT_NULL(test, h->anon_vma);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, holder_put, h),
			0);
	mmk_task_start(&h->task);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, holder_stop, h),
			0);
	KUNIT_ASSERT_TRUE(test, mmk_wait_for(completion_done(&h->held)));
	return h;
}

/**
 * um_unlock_rmap() - Have the anon_vma unlocked
 * @test: the case
 * @h: from um_lock_rmap(); its task has ended afterwards
 */
void um_unlock_rmap(struct kunit *test, struct um_holder *h)
{
	holder_stop(h);
	KUNIT_ASSERT_TRUE(test, mmk_task_join(&h->task));
}

static void intruder_acquire(void *data, struct lockdep_map *lock,
			     unsigned int subclass, int trylock, int read,
			     int check, struct lockdep_map *next_lock,
			     unsigned long ip)
{
}

static void intruder_release(void *data, struct lockdep_map *lock,
			     unsigned long ip)
{
	struct um_intruder *in = data;

	if (current == in->mover && lock == in->lock && ++in->drops == in->nth)
		mmk_task_start(&in->task);
}

/**
 * um_intruder_stop() - Do not step in from here on
 * @data: the &struct um_intruder
 */
void um_intruder_stop(void *data)
{
	struct um_intruder *in = data;

	if (!in->on)
		return;
	in->on = false;
	mmk_unwatch_locks(intruder_acquire, intruder_release, in);
}

/**
 * um_intruder_watch() - Step in when the mover drops a lock
 * @test: the case; skipped if locks cannot be watched
 * @in: from mmk_task_alloc()
 * @move: the mover, not started yet
 * @lock: lockdep's name of the lock
 * @nth: when the mover drops it for the @nth time
 *
 * The task of @in is a real-time task on the mover's CPU: it has ended by the
 * time the mover goes on. Until um_intruder_stop(), or the end of the case.
 */
void um_intruder_watch(struct kunit *test, struct um_intruder *in,
		       const struct um_move *move, struct lockdep_map *lock,
		       unsigned int nth)
{
	int err;

	in->mover = move->task.task;
	in->lock = lock;
	in->nth = nth;
	sched_set_fifo(in->task.task);
	err = mmk_watch_locks(intruder_acquire, intruder_release, in);
	if (err == -EOPNOTSUPP)
		kunit_skip(test, "needs CONFIG_LOCKDEP and CONFIG_TRACEPOINTS");
	KUNIT_ASSERT_EQ(test, err, 0);
	in->on = true;
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, um_intruder_stop,
							in), 0);
}

/**
 * struct rmap_find - Where the reverse map finds a folio
 * @mm: the address space of interest
 * @addr: the last such address in it
 * @nr: how many
 */
struct rmap_find {
	struct mm_struct *mm;
	unsigned long addr;
	unsigned int nr;
};

static bool rmap_find_one(struct folio *folio, struct vm_area_struct *vma,
			  unsigned long addr, void *arg)
{
	struct rmap_find *find = arg;

	if (vma->vm_mm == find->mm) {
		find->addr = addr;
		find->nr++;
	}
	return true;
}

/**
 * um_rmap_is_at() - Whether the reverse map finds a folio in one place
 * @m: whose address space
 * @folio: an anonymous folio
 * @addr: the only address that maps the folio in this mm
 *
 * Return: whether it does.
 */
bool um_rmap_is_at(struct mover *m, struct folio *folio, unsigned long addr)
{
	struct rmap_find find = { .mm = m->mm };
	struct rmap_walk_control rwc = {
		.rmap_one = rmap_find_one,
		.arg = &find,
	};

	folio_lock(folio);
	rmap_walk(folio, &rwc);
	folio_unlock(folio);
	return find.nr == 1 && find.addr == addr;
}

/**
 * um_expect_anon() - Expect a folio to have the anon_vma and index of an address
 * @test: the case
 * @m: whose address space
 * @folio: an anonymous folio, mapped or in the swap cache
 * @addr: where it has been moved to
 */
void um_expect_anon(struct kunit *test, struct mover *m, struct folio *folio,
		    unsigned long addr)
{
	struct vm_area_struct *vma = mmk_vma_at(m->mm, addr);
	unsigned long anon_vma = vma ? (unsigned long)vma->anon_vma : 0;

	KUNIT_EXPECT_NE(test, anon_vma, 0UL);
	KUNIT_EXPECT_EQ(test, (unsigned long)folio->mapping,
			anon_vma | FOLIO_MAPPING_ANON);
	/* These VMAs have never been moved themselves. */
	KUNIT_EXPECT_EQ(test, folio->index, addr >> PAGE_SHIFT);
}

/**
 * um_expect_rmap() - Expect a folio to belong to the VMA that it was moved to
 * @test: the case
 * @m: whose address space
 * @folio: an anonymous folio, mapped or in the swap cache
 * @addr: where it has been moved to
 *
 * Its anon_vma and its index are those of the address, so that the reverse map
 * finds this mapping.
 */
void um_expect_rmap(struct kunit *test, struct mover *m, struct folio *folio,
		    unsigned long addr)
{
	um_expect_anon(test, m, folio, addr);
	KUNIT_EXPECT_TRUE(test, um_rmap_is_at(m, folio, addr));
}

/**
 * um_expect_page_moved() - Expect a page in the new place only
 * @test: the case
 * @m: the userfaultfd
 * @before: the page in its old place, present
 * @dst: its new place
 *
 * The same page is mapped there, writable, and dirty if it was. Nothing but its
 * place has changed. Nothing is left in the old place.
 */
void um_expect_page_moved(struct kunit *test, struct mover *m,
			  const struct mmk_page_state *before,
			  unsigned long dst)
{
	struct mmk_folio_state state = before->state;
	pte_t pte = mmk_pte(m->mm, dst);

	MMK_EXPECT_PTE(test, m->mm, before->addr, NONE);
	MMK_EXPECT_PTE(test, m->mm, dst, PRESENT);
	if (!pte_present(pte))
		return;
	KUNIT_EXPECT_EQ(test, pte_pfn(pte), pte_pfn(before->pte));
	KUNIT_EXPECT_TRUE(test, pte_write(pte));
	KUNIT_EXPECT_EQ(test, pte_dirty(pte), pte_dirty(before->pte));
	um_expect_rmap(test, m, before->folio, dst);
	state.mapping = (unsigned long)before->folio->mapping;
	state.index = before->folio->index;
	mmk_expect_folio_same(test, "moved", before->folio, &state);
}
