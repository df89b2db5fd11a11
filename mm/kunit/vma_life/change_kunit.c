// SPDX-License-Identifier: GPL-2.0
/*
 * Whatever changes a VMA locks it for writing. What to expect is in
 * Documentation/mm/process_addrs.rst, in the tables of the fields: most of them
 * are written with mmap_lock and the VMA lock held for writing.
 */
#include <kunit/test.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/mmu_notifier.h>
#include <linux/syscalls.h>
#include <linux/uaccess.h>
#include <linux/userfaultfd.h>

#include "../../internal.h"
#include "../compat/vma.h"
#include "../lib/guard.h"
#include "../lib/mm.h"
#include "../lib/proc.h"
#include "../lib/task.h"
#include "../lib/uffd.h"

/* Pages of the VMA that is changed, and of the room on both sides of it */
#define NR_PAGES	4
#define ROOM		4

/**
 * struct change - A VMA and what is done to it
 * @mm: the address space
 * @addr: where the VMA begins, with room below and above it
 * @uffd: a userfaultfd, or NULL
 */
struct change {
	struct mm_struct *mm;
	unsigned long addr;
	struct mmk_uffd *uffd;
};

static void change_protect(struct kunit *test, struct change *c)
{
	KUNIT_EXPECT_EQ(test, sys_mprotect(c->addr, NR_PAGES * PAGE_SIZE,
					   PROT_READ), 0L);
}

static void change_protect_part(struct kunit *test, struct change *c)
{
	KUNIT_EXPECT_EQ(test, sys_mprotect(c->addr + PAGE_SIZE, 2 * PAGE_SIZE,
					   PROT_READ), 0L);
}

static void change_unmap_head(struct kunit *test, struct change *c)
{
	KUNIT_EXPECT_EQ(test, vm_munmap(c->addr, PAGE_SIZE), 0);
}

static void change_unmap_tail(struct kunit *test, struct change *c)
{
	KUNIT_EXPECT_EQ(test, vm_munmap(c->addr + 3 * PAGE_SIZE, PAGE_SIZE), 0);
}

static void change_unmap_middle(struct kunit *test, struct change *c)
{
	KUNIT_EXPECT_EQ(test, vm_munmap(c->addr + PAGE_SIZE, PAGE_SIZE), 0);
}

static void change_advise(struct kunit *test, struct change *c)
{
	KUNIT_EXPECT_EQ(test, do_madvise(c->mm, c->addr, NR_PAGES * PAGE_SIZE,
					 MADV_DONTFORK), 0);
}

static void change_grow(struct kunit *test, struct change *c)
{
	KUNIT_EXPECT_EQ(test, (unsigned long)
			sys_mremap(c->addr, NR_PAGES * PAGE_SIZE,
				   (NR_PAGES + 1) * PAGE_SIZE, 0, 0), c->addr);
}

static void change_shrink(struct kunit *test, struct change *c)
{
	KUNIT_EXPECT_EQ(test, (unsigned long)
			sys_mremap(c->addr, NR_PAGES * PAGE_SIZE,
				   PAGE_SIZE, 0, 0), c->addr);
}

/* The VMA is moved into the room below it, but for its last page. */
static void change_move(struct kunit *test, struct change *c)
{
	unsigned long to = c->addr - ROOM * PAGE_SIZE;

	KUNIT_EXPECT_EQ(test, (unsigned long)
			sys_mremap(c->addr, 2 * PAGE_SIZE, 2 * PAGE_SIZE,
				   MREMAP_MAYMOVE | MREMAP_FIXED, to), to);
}

/* A new mapping is merged with the VMA. */
static void change_map_behind(struct kunit *test, struct change *c)
{
	unsigned long end = c->addr + NR_PAGES * PAGE_SIZE;

	KUNIT_EXPECT_EQ(test, vm_mmap(NULL, end, PAGE_SIZE,
				      PROT_READ | PROT_WRITE, MAP_PRIVATE |
				      MAP_ANONYMOUS | MAP_FIXED, 0), end);
}

static void change_map_before(struct kunit *test, struct change *c)
{
	unsigned long start = c->addr - PAGE_SIZE;

	KUNIT_EXPECT_EQ(test, vm_mmap(NULL, start, PAGE_SIZE,
				      PROT_READ | PROT_WRITE, MAP_PRIVATE |
				      MAP_ANONYMOUS | MAP_FIXED, 0), start);
}

static void change_map_over(struct kunit *test, struct change *c)
{
	unsigned long addr = c->addr + PAGE_SIZE;

	KUNIT_EXPECT_EQ(test, vm_mmap(NULL, addr, 2 * PAGE_SIZE, PROT_READ,
				      MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED,
				      0), addr);
}

static void change_fork(struct kunit *test, struct change *c)
{
	mmk_fork(test);
}

static void change_register(struct kunit *test, struct change *c)
{
	if (!IS_ENABLED(CONFIG_USERFAULTFD))
		kunit_skip(test, "needs CONFIG_USERFAULTFD");
	mmk_uffd_register(test, c->uffd, c->addr, NR_PAGES * PAGE_SIZE);
}

static void change_unregister(struct kunit *test, struct change *c)
{
	struct uffdio_range range = {
		.start = c->addr,
		.len = NR_PAGES * PAGE_SIZE,
	};

	change_register(test, c);
	KUNIT_EXPECT_EQ(test, mmk_uffd_ioctl(test, c->uffd, UFFDIO_UNREGISTER,
					     &range), 0L);
}

/* What has been done to the VMAs so far does not count. */
static void forget_locks(struct change *c)
{
	mmap_write_lock(c->mm);
	mmap_write_unlock(c->mm);
}

static void change_lock(struct kunit *test, struct change *c)
{
	KUNIT_EXPECT_EQ(test, sys_mlock(c->addr, NR_PAGES * PAGE_SIZE), 0L);
}

static void change_lock_part(struct kunit *test, struct change *c)
{
	KUNIT_EXPECT_EQ(test, sys_mlock(c->addr + PAGE_SIZE, 2 * PAGE_SIZE),
			0L);
}

static void change_unlock(struct kunit *test, struct change *c)
{
	change_lock(test, c);
	forget_locks(c);
	KUNIT_EXPECT_EQ(test, sys_munlock(c->addr, NR_PAGES * PAGE_SIZE), 0L);
}

static void change_lock_again(struct kunit *test, struct change *c)
{
	change_lock(test, c);
	forget_locks(c);
	KUNIT_EXPECT_EQ(test, sys_mlock2(c->addr, NR_PAGES * PAGE_SIZE,
					 MLOCK_ONFAULT), 0L);
}

/* Three VMAs become one again. */
static void change_merge(struct kunit *test, struct change *c)
{
	change_protect_part(test, c);
	forget_locks(c);
	KUNIT_EXPECT_EQ(test, sys_mprotect(c->addr + PAGE_SIZE, 2 * PAGE_SIZE,
					   PROT_READ | PROT_WRITE), 0L);
}

/* The pages are in the room below the VMA, which stays, without pages. */
static void change_move_pages(struct kunit *test, struct change *c)
{
	unsigned long to = c->addr - ROOM * PAGE_SIZE;

	KUNIT_EXPECT_EQ(test, (unsigned long)
			sys_mremap(c->addr, NR_PAGES * PAGE_SIZE,
				   NR_PAGES * PAGE_SIZE, MREMAP_MAYMOVE |
				   MREMAP_FIXED | MREMAP_DONTUNMAP, to), to);
}

static void change_seal(struct kunit *test, struct change *c)
{
	KUNIT_EXPECT_EQ(test, sys_mseal(c->addr, NR_PAGES * PAGE_SIZE, 0), 0L);
}

static void clear_refs(struct kunit *test, struct change *c, const char *what)
{
	struct mmk_proc *proc = mmk_proc_alloc(test);

	forget_locks(c);
	mmk_proc_write(test, proc, "clear_refs", what);
	mmk_proc_end(test, proc);
}

static void change_referenced(struct kunit *test, struct change *c)
{
	clear_refs(test, c, "1");
}

static void change_soft_dirty(struct kunit *test, struct change *c)
{
	if (!IS_ENABLED(CONFIG_MEM_SOFT_DIRTY))
		kunit_skip(test, "needs CONFIG_MEM_SOFT_DIRTY");
	clear_refs(test, c, "4");
}

/* The VMA is another one, with room for a huge page. */
static void change_collapse(struct kunit *test, struct change *c)
{
	unsigned long addr;

	if (!IS_ENABLED(CONFIG_TRANSPARENT_HUGEPAGE))
		kunit_skip(test, "needs CONFIG_TRANSPARENT_HUGEPAGE");
	addr = mmk_mmap(test, NULL, 2 * PMD_SIZE, PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS);
	c->addr = ALIGN(addr, PMD_SIZE);
	mmk_fill(test, c->addr, 1, 1);
	forget_locks(c);
	KUNIT_EXPECT_EQ(test, do_madvise(c->mm, c->addr, PMD_SIZE,
					 MADV_COLLAPSE), 0);
}

/* A new VMA below this one, as brk() makes it */
static void change_heap(struct kunit *test, struct change *c)
{
	KUNIT_EXPECT_EQ(test, vm_brk_flags(c->addr - 2 * PAGE_SIZE, PAGE_SIZE,
					   0), 0);
}

static const struct vm_special_mapping change_special = { .name = "[mmk]" };

/* A new VMA below this one, as the vDSO has it */
static void change_install(struct kunit *test, struct change *c)
{
	struct vm_area_struct *vma;

	mmap_write_lock(c->mm);
	vma = _install_special_mapping(c->mm, c->addr - 2 * PAGE_SIZE, PAGE_SIZE,
				       VM_READ | VM_MAYREAD, &change_special);
	mmap_write_unlock(c->mm);
	KUNIT_EXPECT_FALSE(test, IS_ERR(vma));
}

static const struct mmu_notifier_ops change_ops;

static void change_notifier_release(void *mn)
{
	struct mmu_notifier *notifier = mn;

	mmu_notifier_unregister(notifier, notifier->mm);
}

/* Nobody may fault while the first notifier of an mm comes. */
static void change_notifier(struct kunit *test, struct change *c)
{
	struct mmu_notifier *mn = kunit_kzalloc(test, sizeof(*mn), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, mn);
	mn->ops = &change_ops;
	KUNIT_ASSERT_EQ(test, mmu_notifier_register(mn, c->mm), 0);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test,
							change_notifier_release,
							mn), 0);
}

/**
 * struct change_case - What is done to a VMA
 * @description: for the KTAP line
 * @change: does it, holding mmap_lock for writing once
 * @from: first page, counted from the VMA, whose VMAs have changed then
 * @to: the page behind the last
 */
struct change_case {
	const char *description;
	void (*change)(struct kunit *test, struct change *c);
	int from;
	int to;
};

static const struct change_case change_cases[] = {
	{ "mprotect", change_protect, 0, NR_PAGES },
	{ "mprotect of a part", change_protect_part, 0, NR_PAGES },
	{ "munmap of the first page", change_unmap_head, 1, NR_PAGES },
	{ "munmap of the last page", change_unmap_tail, 0, NR_PAGES - 1 },
	{ "munmap in the middle", change_unmap_middle, 0, NR_PAGES },
	{ "MADV_DONTFORK", change_advise, 0, NR_PAGES },
	{ "mremap, larger", change_grow, 0, NR_PAGES + 1 },
	{ "mremap, smaller", change_shrink, 0, 1 },
	{ "mremap of the first pages", change_move, -ROOM, NR_PAGES },
	{ "mmap behind it", change_map_behind, 0, NR_PAGES + 1 },
	{ "mmap before it", change_map_before, -1, NR_PAGES },
	{ "mmap over a part", change_map_over, 0, NR_PAGES },
	{ "fork", change_fork, 0, NR_PAGES },
	{ "mlock", change_lock, 0, NR_PAGES },
	{ "mlock of a part", change_lock_part, 0, NR_PAGES },
	{ "munlock", change_unlock, 0, NR_PAGES },
	{ "MLOCK_ONFAULT of what is locked", change_lock_again, 0, NR_PAGES },
	{ "mprotect that merges", change_merge, 0, NR_PAGES },
	{ "MREMAP_DONTUNMAP", change_move_pages, -ROOM, NR_PAGES },
	{ "mseal", change_seal, 0, NR_PAGES },
	{ "clear_refs, referenced", change_referenced, 0, NR_PAGES },
	{ "clear_refs, soft-dirty", change_soft_dirty, 0, NR_PAGES },
	{ "MADV_COLLAPSE", change_collapse, 0, 1 },
	{ "first MMU notifier", change_notifier, 0, NR_PAGES },
	{ "brk", change_heap, -2, -1 },
	{ "special mapping", change_install, -2, -1 },
	{ "UFFDIO_REGISTER", change_register, 0, NR_PAGES },
	{ "UFFDIO_UNREGISTER", change_unregister, 0, NR_PAGES },
};

KUNIT_ARRAY_PARAM_DESC(change, change_cases, description);

/* A write lock leaves its sequence number, which unlocking goes on from. */
static bool was_write_locked(struct vm_area_struct *vma)
{
	return mmk_vma_lock_seq(vma) == mmk_mm_lock_seq(vma->vm_mm) - 1;
}

static void count_unlocked(struct kunit *test, struct change *c,
			   const struct change_case *how)
{
	unsigned long start = c->addr + how->from * (long)PAGE_SIZE;
	unsigned long end = c->addr + how->to * (long)PAGE_SIZE;
	unsigned int nr = 0, wrong = 0;
	struct vm_area_struct *vma;
	struct vma_iterator vmi;

	vma_iter_init(&vmi, c->mm, start);
	mmap_read_lock(c->mm);
	for_each_vma_range(vmi, vma, end) {
		nr++;
		if (was_write_locked(vma))
			continue;
		wrong++;
		kunit_info(test, "pages %ld to %ld have not been locked",
			   (long)(vma->vm_start - c->addr) / (long)PAGE_SIZE,
			   (long)(vma->vm_end - c->addr) / (long)PAGE_SIZE);
	}
	mmap_read_unlock(c->mm);
	KUNIT_EXPECT_GT(test, nr, 0U);
	KUNIT_EXPECT_EQ(test, wrong, 0U);
}

/**
 * changed_vma_was_write_locked() - By whatever has changed it
 *
 * The flags, the range or the userfaultfd of a VMA are changed, its page table is
 * copied, collapsed or cleared of bits, or an MMU notifier comes. Each VMA that
 * has changed, or is new, was locked for writing meanwhile: no fault could have
 * it. Afterwards it can be locked for a fault, and its lock count is as before.
 *
 * Contract: VL-1
 */
static void changed_vma_was_write_locked(struct kunit *test)
{
	const struct change_case *how = test->param_value;
	struct change c = { .mm = mmk_mm_enter(test) };
	struct vm_area_struct *vma, *got;
	unsigned long room, page;
	long idle;

	if (!IS_ENABLED(CONFIG_PER_VMA_LOCK))
		kunit_skip(test, "needs CONFIG_PER_VMA_LOCK");
	if (IS_ENABLED(CONFIG_USERFAULTFD))
		c.uffd = mmk_uffd_open(test);
	room = mmk_mmap(test, NULL, (2 * ROOM + NR_PAGES) * PAGE_SIZE, PROT_NONE,
			MAP_PRIVATE | MAP_ANONYMOUS);
	c.addr = room + ROOM * PAGE_SIZE;
	KUNIT_ASSERT_EQ(test, vm_munmap(room, (2 * ROOM + NR_PAGES) * PAGE_SIZE),
			0);
	KUNIT_ASSERT_EQ(test, vm_mmap(NULL, c.addr, NR_PAGES * PAGE_SIZE,
				      PROT_READ | PROT_WRITE, MAP_PRIVATE |
				      MAP_ANONYMOUS | MAP_FIXED, 0), c.addr);
	mmk_fill(test, c.addr, NR_PAGES, 1);
	idle = mmk_vma_lock_count(mmk_vma_at(c.mm, c.addr));
	forget_locks(&c);
	KUNIT_ASSERT_FALSE(test, was_write_locked(mmk_vma_at(c.mm, c.addr)));

	how->change(test, &c);
	count_unlocked(test, &c, how);
	for (page = c.addr + how->from * (long)PAGE_SIZE;
	     page < c.addr + how->to * (long)PAGE_SIZE; page += PAGE_SIZE) {
		vma = mmk_vma_at(c.mm, page);
		got = mmk_lock_vma(c.mm, page);
		KUNIT_EXPECT_PTR_EQ(test, got, vma);
		if (got)
			mmk_unlock_vma(got);
		if (vma)
			KUNIT_EXPECT_EQ(test, mmk_vma_lock_count(vma), idle);
	}
}

/**
 * struct keeper - Whether faults are kept out while ptes change
 * @mn: the notifier that is told of it
 * @mm: the address space
 * @starts: changes that it has been told of
 * @locked: those of them whose VMA could be locked for a fault
 */
struct keeper {
	struct mmu_notifier mn;
	struct mm_struct *mm;
	unsigned int starts;
	unsigned int locked;
};

static int keeper_start(struct mmu_notifier *mn,
			const struct mmu_notifier_range *range)
{
	struct keeper *k = container_of(mn, struct keeper, mn);
	struct vm_area_struct *vma;

	/* The range of clear_refs is that of the address space. */
	if (range->end > TASK_SIZE)
		return 0;
	k->starts++;
	vma = mmk_lock_vma(k->mm, range->start);
	if (vma) {
		k->locked++;
		mmk_unlock_vma(vma);
	}
	return 0;
}

static const struct mmu_notifier_ops keeper_ops = {
	.invalidate_range_start	= keeper_start,
};

static const struct change_case keep_cases[] = {
	{ "mprotect", change_protect, 0, NR_PAGES },
	{ "mprotect of a part", change_protect_part, 0, NR_PAGES },
	{ "mprotect that merges", change_merge, 0, NR_PAGES },
	{ "mremap of the first pages", change_move, -ROOM, NR_PAGES },
	{ "MREMAP_DONTUNMAP", change_move_pages, -ROOM, NR_PAGES },
	{ "MADV_COLLAPSE", change_collapse, 0, 1 },
	{ "fork", change_fork, 0, NR_PAGES },
};

KUNIT_ARRAY_PARAM_DESC(keep, keep_cases, description);

/**
 * faults_are_kept_out_while_ptes_change() - MMU notifiers, and the VMA lock
 *
 * ptes are changed, copied, moved or taken away as a whole. Before the first is,
 * MMU notifiers are told of it. At this time no fault can lock the VMA any more.
 *
 * Contract: VL-1
 */
static void faults_are_kept_out_while_ptes_change(struct kunit *test)
{
	const struct change_case *how = test->param_value;
	struct change c = { .mm = mmk_mm_enter(test) };
	struct keeper *k = kunit_kzalloc(test, sizeof(*k), GFP_KERNEL);
	unsigned long room;

	KUNIT_ASSERT_NOT_NULL(test, k);
	if (!IS_ENABLED(CONFIG_PER_VMA_LOCK))
		kunit_skip(test, "needs CONFIG_PER_VMA_LOCK");
	room = mmk_mmap(test, NULL, (2 * ROOM + NR_PAGES) * PAGE_SIZE, PROT_NONE,
			MAP_PRIVATE | MAP_ANONYMOUS);
	c.addr = room + ROOM * PAGE_SIZE;
	KUNIT_ASSERT_EQ(test, vm_mmap(NULL, c.addr, NR_PAGES * PAGE_SIZE,
				      PROT_READ | PROT_WRITE, MAP_PRIVATE |
				      MAP_ANONYMOUS | MAP_FIXED, 0), c.addr);
	mmk_fill(test, c.addr, NR_PAGES, 1);
	k->mm = c.mm;
	k->mn.ops = &keeper_ops;
	KUNIT_ASSERT_EQ(test, mmu_notifier_register(&k->mn, c.mm), 0);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test,
							change_notifier_release,
							&k->mn), 0);
	how->change(test, &c);
	KUNIT_EXPECT_GT(test, k->starts, 0U);
	KUNIT_EXPECT_EQ(test, k->locked, 0U);
}

static struct kunit_case vma_life_change_cases[] = {
	KUNIT_CASE_PARAM(faults_are_kept_out_while_ptes_change, keep_gen_params),
	KUNIT_CASE_PARAM(changed_vma_was_write_locked, change_gen_params),
	{}
};

static struct kunit_suite vma_life_change_suite = {
	.name = "vma_life_change",
	.init = mmk_case_init,
	.test_cases = vma_life_change_cases,
};

kunit_test_suite(vma_life_change_suite);
