// SPDX-License-Identifier: GPL-2.0
/*
 * The operations of programs. Each runs in a task of its own, and calls what a
 * user or a driver of the kernel calls.
 */
#include <linux/err.h>
#include <linux/highmem.h>
#include <linux/migrate.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/pagemap.h>
#include <linux/rmap.h>
#include <linux/sched/mm.h>
#include <linux/sched/task.h>
#include <linux/syscalls.h>
#include <linux/uaccess.h>

#include <kern_util.h>

#include "../../internal.h"
#include "../lib/mm.h"
#include "../lib/pte.h"
#include "program.h"

#define ANY	(BIT(MMX_NR_STATES) - 1)
#define OWN	(BIT(MMX_MAPPED) | BIT(MMX_SHARED))

/* Often enough for a CPU that faults each time that it is interrupted */
#define MANY	1000

/* What a CPU touches: the pte, and the page; a write makes the pte dirty. */
static void tell(struct mmx_run *run, bool write)
{
	pmd_t *pmd = mm_find_pmd(run->mm, run->addr);
	pte_t *pte;

	if (!pmd)
		return;
	pte = pte_offset_kernel(pmd, run->addr);
	mmx_access((unsigned long)pte, sizeof(*pte), write, _THIS_IP_);
	if (pte_present(*pte))
		mmx_access((unsigned long)page_address(pte_page(*pte)), 1,
			   write, _THIS_IP_);
}

static bool is_there(struct mmx_run *run)
{
	return mmk_pte_kind(run->mm, run->addr) == MMK_PTE_PRESENT;
}

/*
 * The fault of UML does not come back before there is a page. With a reference on a
 * page of a device there is none: the user goes on to try. Others run meanwhile, as
 * all tasks but ours are of one priority and have their time slices.
 */
static int fault(struct mmx_run *run, bool write)
{
	int code, ret;

	if (run->program->state == MMX_DEVICE) {
		ret = mmk_fault_in(run->mm, run->addr, write);
		if (!ret && !is_there(run))
			schedule_timeout_uninterruptible(1);
		return ret;
	}
	return handle_page_fault(run->addr, 0, write, 1, &code);
}

/**
 * mmx_access_user() - An access of the user
 * @actor: whose page
 * @byte: the byte that is read or written
 * @write: whether it is written
 *
 * As a CPU makes it: the pte is looked at and the memory accessed in one step, or
 * there is a fault and then another try. What User-Mode Linux does for
 * copy_to_user() is not enough: it looks at the page table first, and copies
 * later, to a page that need not be the user's any more.
 *
 * Return: 0, -EFAULT, or -ELOOP if it faults again and again.
 */
int mmx_access_user(struct mmx_actor *actor, u8 *byte, bool write)
{
	u8 __user *p = (u8 __user *)actor->run->addr;
	int tries;
	bool done;

	for (tries = 0; tries < MANY; tries++) {
		preempt_disable();
		tell(actor->run, write);
		pagefault_disable();
		done = !(write ? __copy_to_user_inatomic(p, byte, 1) :
				 __copy_from_user_inatomic(byte, p, 1));
		pagefault_enable();
		preempt_enable();
		if (done)
			return 0;
		if (fault(actor->run, write))
			return -EFAULT;
	}
	return -ELOOP;
}

/* The user reads a byte. */
static void op_read(struct mmx_actor *actor)
{
	actor->ret = mmx_access_user(actor, &actor->byte, false);
}

/* The user writes a byte. */
static void op_write(struct mmx_actor *actor)
{
	u8 byte = MMX_WRITTEN + actor->nth;

	actor->ret = mmx_access_user(actor, &byte, true);
}

static void op_fork(struct mmx_actor *actor)
{
	actor->ret = mmk_fork_mm(&actor->child);
}

static void op_munmap(struct mmx_actor *actor)
{
	actor->ret = vm_munmap(actor->run->addr, PAGE_SIZE);
}

static void op_dontneed(struct mmx_actor *actor)
{
	actor->ret = do_madvise(actor->run->mm, actor->run->addr, PAGE_SIZE,
				MADV_DONTNEED);
}

static void op_protect(struct mmx_actor *actor)
{
	actor->ret = sys_mprotect(actor->run->addr, PAGE_SIZE, PROT_READ);
}

/* To the second address, and what is there goes. */
static void op_mremap(struct mmx_actor *actor)
{
	long ret = sys_mremap(actor->run->addr, PAGE_SIZE, PAGE_SIZE,
			      MREMAP_MAYMOVE | MREMAP_FIXED, actor->run->other);

	actor->ret = IS_ERR_VALUE(ret) ? ret : 0;
}

/*
 * A device pins the page, writes to it and lets it go. GUP of a device-private
 * page tries again until that has been moved to memory, however long it takes.
 */
static void op_pin(struct mmx_actor *actor)
{
	struct page *page;
	long nr = pin_user_pages_fast(actor->run->addr, 1, FOLL_WRITE, &page);
	u8 *p;

	actor->ret = nr < 0 ? nr : 0;
	if (nr != 1)
		return;
	p = kmap_local_page(page);
	mmx_access((unsigned long)p, 1, true, _THIS_IP_);
	p[0] = MMX_WRITTEN + actor->nth;
	kunmap_local(p);
	unpin_user_pages_dirty_lock(&page, 1, true);
}

/* The end of a migration that was under way: the new page, or the old one. */
static void op_end(struct mmx_actor *actor)
{
	struct mmk_hold *hold = actor->run->hold;

	remove_migration_ptes(hold->folio, hold->dst, 0);
	mmk_hold_finish(NULL, hold, true);
}

static void copy(struct kunit *test, struct mmx_actor *actor)
{
	mmk_hold_copy(test, actor->run->hold);
}

static void op_fail(struct mmx_actor *actor)
{
	struct mmk_hold *hold = actor->run->hold;

	remove_migration_ptes(hold->folio, hold->folio, 0);
	mmk_hold_finish(NULL, hold, false);
}

/* Takes the page off the LRU, as all users of migration do beforehand. */
static void isolate(struct kunit *test, struct mmx_actor *actor)
{
	struct folio *folio = mmk_pte_folio(test, actor->run->mm,
					    actor->run->addr);

	lru_add_drain_all();
	KUNIT_ASSERT_TRUE(test, folio_isolate_lru(folio));
	actor->src = folio;
}

/* The first half of a migration, up to where the page is unmapped everywhere */
static void op_start(struct mmx_actor *actor)
{
	struct folio *src = actor->src;

	folio_lock(src);
	/* As migrate_folio_unmap() */
	if (folio_test_anon(src))
		actor->anon_vma = folio_get_anon_vma(src);
	if (folio_mapped(src))
		try_to_migrate(src, 0);
	actor->gave_up = folio_mapped(src);
}

/* And the second half, once no task can go on without it */
static void end_start(struct mmx_actor *actor)
{
	struct folio *src = actor->src, *dst = NULL;
	bool moved = false;

	if (!actor->over)
		return;
	if (!actor->gave_up)
		dst = folio_alloc(GFP_HIGHUSER_MOVABLE, 0);
	if (dst) {
		folio_lock(dst);
		moved = !migrate_folio(folio_mapping(src), dst, src,
				       MIGRATE_SYNC);
		if (moved)
			folio_add_lru(dst);
	}
	actor->gave_up = !moved;
	remove_migration_ptes(src, moved ? dst : src, 0);
	if (actor->anon_vma)
		put_anon_vma(actor->anon_vma);
	folio_unlock(src);
	if (moved)
		folio_put(src);
	else
		folio_putback_lru(src);
	if (dst) {
		folio_unlock(dst);
		folio_put(dst);
	}
}

/* With the counters that migrate_pages() expects */
static void isolate_to_list(struct kunit *test, struct mmx_actor *actor)
{
	INIT_LIST_HEAD(&actor->list);
	lru_add_drain_all();
	KUNIT_ASSERT_TRUE(test,
			  isolate_folio_to_list(mmk_pte_folio(test,
							      actor->run->mm,
							      actor->run->addr),
						&actor->list));
}

static struct folio *new_folio(struct folio *src, unsigned long private)
{
	struct mmx_run *run = (struct mmx_run *)private;

	run->dst = folio_alloc(GFP_HIGHUSER_MOVABLE, 0);
	/* What is left of an earlier owner would look like that of the page. */
	if (run->dst)
		run->dst->index = 0;
	mmx_access((unsigned long)&run->dst, sizeof(run->dst), true, _THIS_IP_);
	return run->dst;
}

/* A whole migration */
static void op_migrate(struct mmx_actor *actor)
{
	actor->gave_up = migrate_pages(&actor->list, new_folio, NULL,
				       (unsigned long)actor->run, MIGRATE_SYNC,
				       MR_SYSCALL, NULL);
	actor->run->dst = NULL;
	if (!list_empty(&actor->list))
		putback_movable_pages(&actor->list);
}

static const struct mmx_op ops[] = {
	{ "read",	ANY, .faults = true, .run = op_read },
	{ "write",	ANY, .faults = true, .writes = true, .run = op_write },
	{ "fork",	ANY, .run = op_fork },
	{ "munmap",	ANY, .run = op_munmap },
	{ "dontneed",	ANY, .run = op_dontneed },
	{ "protect",	ANY, .run = op_protect },
	{ "mremap",	ANY, .needs = MMX_OTHER, .run = op_mremap },
	{ "pin",	ANY, .faults = true, .writes = true, .run = op_pin },
	{ "start",	OWN, true, .may_give_up = true, .prepare = isolate,
	  .run = op_start, .finish = end_start },
	{ "migrate",	OWN, true, .may_give_up = true,
	  .prepare = isolate_to_list, .run = op_migrate },
	{ "end",	BIT(MMX_MOVING), true, .prepare = copy, .run = op_end },
	{ "fail",	BIT(MMX_MOVING), true, .run = op_fail },
	{ "pageout",	BIT(MMX_MAPPED) | BIT(MMX_LAZYFREE), true, .may_give_up = true,
	  .silent = true, .needs = MMX_SWAP, .run = mmx_op_pageout },
	{ "swapoff",	BIT(MMX_SWAPPED) | BIT(MMX_CACHED), .spins = true,
	  .needs = MMX_SWAP,
	  .run = mmx_op_swapoff },
	{ "move",	BIT(MMX_MAPPED) | BIT(MMX_MOVING) | BIT(MMX_SWAPPED) |
			BIT(MMX_CACHED), .may_give_up = true, .spins = true,
	  .needs = MMX_OTHER | MMX_UFFD, .prepare = mmx_prepare_move,
	  .run = mmx_op_move },
	{ "todevice",	OWN | BIT(MMX_NONE), .may_give_up = true, .needs = MMX_DEV,
	  .prepare = mmx_prepare_to_device, .run = mmx_op_to_device },
	{ "toram",	BIT(MMX_DEVICE), .may_give_up = true,
	  .run = mmx_op_to_ram },
	{ "put",	BIT(MMX_DEVICE), .prepare = mmx_prepare_put,
	  .run = mmx_op_put },
	{ "release",	BIT(MMX_DEVICE), .prepare = mmx_prepare_put,
	  .run = mmx_op_release },
	{ "own",	ANY, .run = mmx_op_own },
	{ "lock",	BIT(MMX_MOVING), .run = mmx_op_lock },
	{ "look",	OWN, .run = mmx_op_look },
	{ "close",	BIT(MMX_WATCHED), .run = mmx_op_close },
	{ "failfork",	ANY, .prepare = mmx_prepare_failfork,
	  .run = mmx_op_failfork },
};

/**
 * mmx_op_find() - Look up an operation
 * @name: its name, which need not end after it
 * @len: length of the name
 *
 * Return: the operation, or NULL.
 */
const struct mmx_op *mmx_op_find(const char *name, size_t len)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(ops); i++)
		if (strlen(ops[i].name) == len && !memcmp(ops[i].name, name, len))
			return &ops[i];
	return NULL;
}
