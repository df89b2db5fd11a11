// SPDX-License-Identifier: GPL-2.0
/*
 * A userfaultfd, the range that it watches, and tasks that call UFFDIO_MOVE.
 */
#include <kunit/test.h>
#include <linux/fdtable.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/mmu_notifier.h>
#include <linux/pagemap.h>
#include <linux/rmap.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/syscalls.h>
#include <linux/uaccess.h>
#include <linux/userfaultfd.h>

#include "../../internal.h"
#include "../compat/rmap.h"
#include "../lib/mm.h"
#include "../lib/pte.h"
#include "../lib/snapshot.h"
#include "../lib/task.h"
#include "mover.h"

static void release_file(void *file)
{
	fput(file);
}

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
	if (w->limit && w->tries == w->limit)
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
 * um_ioctl() - Call an ioctl of the userfaultfd
 * @test: the case
 * @m: the userfaultfd
 * @cmd: UFFDIO_*
 * @arg: its argument, which the call may change
 *
 * Return: what ioctl() returns.
 */
long um_ioctl(struct kunit *test, struct mover *m, unsigned int cmd, void *arg)
{
	void __user *user = (void __user *)m->arg;
	long ret;

	KUNIT_ASSERT_EQ(test, copy_to_user(user, arg, _IOC_SIZE(cmd)), 0UL);
	ret = m->file->f_op->unlocked_ioctl(m->file, cmd, m->arg);
	KUNIT_ASSERT_EQ(test, copy_from_user(arg, user, _IOC_SIZE(cmd)), 0UL);
	return ret;
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
	struct uffdio_api api = {
		.api = UFFD_API,
		.features = UFFD_FEATURE_MOVE,
	};
	int fd;

	KUNIT_ASSERT_NOT_NULL(test, m);
	m->mm = mm;
	m->arg = mmk_map_anon(test, 1);
	/* Its protection differs: no other VMA is merged with it. */
	mmk_mmap(test, NULL, PAGE_SIZE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS);
	m->watch.limit = UM_MANY_TRIES;
	init_completion(&m->watch.go);
	m->watch.mn.ops = &watch_ops;
	KUNIT_ASSERT_EQ(test, mmu_notifier_register(&m->watch.mn, mm), 0);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, watch_release,
							&m->watch), 0);
	fd = sys_userfaultfd(O_CLOEXEC | UFFD_USER_MODE_ONLY);
	KUNIT_ASSERT_GE(test, fd, 0);
	m->file = fget(fd);
	close_fd(fd);
	KUNIT_ASSERT_NOT_NULL(test, m->file);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, release_file,
							m->file), 0);
	KUNIT_ASSERT_EQ(test, um_ioctl(test, m, UFFDIO_API, &api), 0L);
	KUNIT_ASSERT_TRUE(test, api.features & UFFD_FEATURE_MOVE);
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
	struct uffdio_register reg = {
		.range = { .start = addr, .len = len },
		.mode = UFFDIO_REGISTER_MODE_MISSING,
	};

	KUNIT_ASSERT_EQ(test, um_ioctl(test, m, UFFDIO_REGISTER, &reg), 0L);
	KUNIT_ASSERT_TRUE(test, reg.ioctls & BIT_ULL(_UFFDIO_MOVE));
}

/**
 * um_create() - Enter an mm with pages to move, and a destination
 * @test: the case
 *
 * The pages are young, dirty and exclusive, and hold SEED. The destination has a
 * page table, as it has after a fault that waits for the monitor.
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
	um_register(test, m, m->dst, UM_PAGES * PAGE_SIZE);
	lru_add_drain_all();
	return m;
}

static void move_main(struct mmk_task *task)
{
	struct um_move *move = container_of(task, struct um_move, task);
	struct file *file = move->mover->file;

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
	move->arg = m->arg + m->nr_moves++ % 32 * sizeof(user);
	KUNIT_ASSERT_EQ(test, copy_to_user((void __user *)move->arg, &user,
					   sizeof(user)), 0UL);
	m->watch.tries = 0;
	m->watch.ends = 0;
	m->watch.max_refs = 0;
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
	struct vm_area_struct *vma;
	unsigned long anon_vma;

	mmap_read_lock(m->mm);
	vma = vma_lookup(m->mm, addr);
	anon_vma = vma ? (unsigned long)vma->anon_vma : 0;
	mmap_read_unlock(m->mm);
	KUNIT_EXPECT_NE(test, anon_vma, 0UL);
	KUNIT_EXPECT_EQ(test, (unsigned long)folio->mapping,
			anon_vma | FOLIO_MAPPING_ANON);
	/* These VMAs have never been moved themselves. */
	KUNIT_EXPECT_EQ(test, folio->index, addr >> PAGE_SHIFT);
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
