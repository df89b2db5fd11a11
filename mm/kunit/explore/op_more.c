// SPDX-License-Identifier: GPL-2.0
/*
 * Operations of those who come across the page: they own it afterwards, have it
 * locked, look at it, or fail.
 */
#include <kunit/test.h>
#include <linux/err.h>
#include <linux/fdtable.h>
#include <linux/file.h>
#include <linux/highmem.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/pagemap.h>
#include <linux/sched.h>
#include <linux/syscalls.h>
#include <linux/userfaultfd_k.h>

#include "../../internal.h"
#include "../compat/folio_batch.h"
#include "../lib/mm.h"
#include "program.h"

/* So many pages: among them is the one that has been freed last. */
#define OWNED	8
#define OWNED_BYTE	0xc5

/* Any change of the flags, a reference or a byte is that of somebody else. */
static bool is_as_left(struct page *page, unsigned long flags)
{
	mmx_access((unsigned long)&page->flags, sizeof(page->flags), true,
		   _THIS_IP_);
	return *folio_flags(page_folio(page), 0) == flags &&
	       page_ref_count(page) == 1 &&
	       !memchr_inv(page_address(page), OWNED_BYTE, PAGE_SIZE);
}

/**
 * mmx_op_own() - Somebody gets pages that have become free, and keeps them a while
 * @actor: the task
 *
 * They are locked, and have PG_waiters: nobody else has anything to do with them.
 * Who waits for one of them waits for ever.
 */
void mmx_op_own(struct mmx_actor *actor)
{
	unsigned long flags[OWNED];
	struct page *pages[OWNED];
	unsigned int i, nr;

	for (nr = 0; nr < OWNED; nr++) {
		pages[nr] = alloc_page(GFP_HIGHUSER_MOVABLE);
		if (!pages[nr])
			break;
		mmx_access((unsigned long)&pages[nr]->flags,
			   sizeof(pages[nr]->flags), true, _THIS_IP_);
		lock_page(pages[nr]);
		folio_set_waiters(page_folio(pages[nr]));
		flags[nr] = *folio_flags(page_folio(pages[nr]), 0);
		memset(page_address(pages[nr]), OWNED_BYTE, PAGE_SIZE);
	}
	schedule_timeout_uninterruptible(2);
	for (i = 0; i < nr; i++) {
		if (!is_as_left(pages[i], flags[i]))
			actor->ret = -EUCLEAN;
		/* As it has come: the unlock wakes nobody. */
		folio_clear_waiters(page_folio(pages[i]));
		unlock_page(pages[i]);
		__free_page(pages[i]);
	}
}

/**
 * mmx_op_lock() - Somebody who has found the page locks it for a while
 * @actor: the task
 *
 * It leaves nothing behind, so that it does not matter whether the page is still there.
 */
void mmx_op_lock(struct mmx_actor *actor)
{
	struct folio *folio = actor->run->hold->folio;

	if (!folio_try_get(folio))
		return;
	folio_lock(folio);
	schedule_timeout_uninterruptible(1);
	folio_unlock(folio);
	folio_put(folio);
}

/**
 * mmx_op_look() - Somebody looks at the page that another one is moved to
 * @actor: the task
 *
 * As memory hotplug and compaction do, with a reference, but without its lock. A page
 * that has a mapping has an index in it: rmap goes by both.
 */
void mmx_op_look(struct mmx_actor *actor)
{
	struct folio *folio = READ_ONCE(actor->run->dst);

	mmx_access((unsigned long)&actor->run->dst, sizeof(folio), false,
		   _THIS_IP_);
	if (!folio || !folio_try_get(folio))
		return;
	mmx_access((unsigned long)&folio->mapping, sizeof(folio->mapping),
		   false, _THIS_IP_);
	mmx_access((unsigned long)&folio->index, sizeof(folio->index), false,
		   _THIS_IP_);
	if (READ_ONCE(folio->mapping) && !READ_ONCE(folio->index))
		actor->ret = -EUCLEAN;
	folio_put(folio);
}

/**
 * mmx_op_release() - Somebody lets go of the page, one of a batch
 * @actor: the task
 */
void mmx_op_release(struct mmx_actor *actor)
{
	struct folio_batch batch;

	folio_batch_init(&batch);
	folio_batch_add(&batch, page_folio(actor->page));
	folios_put(&batch);
}

/**
 * mmx_op_close() - The userfaultfd that watches the address is closed
 * @actor: the task
 */
void mmx_op_close(struct mmx_actor *actor)
{
	__fput_sync(actor->run->watch);
	actor->run->watch = NULL;
}

/* A userfaultfd as its user has it, who is told of faults of the kernel as well. */
static long uffd_ioctl(struct mmx_run *run, unsigned int cmd, const void *arg)
{
	/* Behind the arguments of UFFDIO_MOVE */
	unsigned long user = run->program->ground.uffd->arg + PAGE_SIZE * 3 / 4;

	if (copy_to_user((void __user *)user, arg, _IOC_SIZE(cmd)))
		return -EFAULT;
	return run->watch->f_op->unlocked_ioctl(run->watch, cmd, user);
}

/**
 * mmx_watch_address() - Let a userfaultfd watch the address
 * @test: the case
 * @run: whose; its @watch is set
 */
void mmx_watch_address(struct kunit *test, struct mmx_run *run)
{
	struct uffdio_api api = { .api = UFFD_API };
	struct uffdio_register reg = {
		.range	= { .start = run->addr, .len = PAGE_SIZE },
		.mode	= UFFDIO_REGISTER_MODE_MISSING,
	};
	int fd = sys_userfaultfd(O_CLOEXEC | O_NONBLOCK);

	KUNIT_ASSERT_GE(test, fd, 0);
	run->watch = fget(fd);
	close_fd(fd);
	KUNIT_ASSERT_NOT_NULL(test, run->watch);
	KUNIT_ASSERT_EQ(test, uffd_ioctl(run, UFFDIO_API, &api), 0L);
	KUNIT_ASSERT_EQ(test, uffd_ioctl(run, UFFDIO_REGISTER, &reg), 0L);
}

/**
 * mmx_much() - More than there can be
 *
 * Return: bytes, twice the memory. fork() does not account that much.
 */
unsigned long mmx_much(void)
{
	return PAGE_ALIGN(2 * (totalram_pages() << PAGE_SHIFT));
}

/**
 * mmx_prepare_failfork() - Have memory that no child can have
 * @test: the case
 * @actor: the task
 */
void mmx_prepare_failfork(struct kunit *test, struct mmx_actor *actor)
{
	struct mmx_run *run = actor->run;
	int usual = sysctl_overcommit_memory;

	if (run->much)
		return;
	sysctl_overcommit_memory = OVERCOMMIT_ALWAYS;
	run->much = vm_mmap(NULL, 0, mmx_much(),
			    PROT_READ | PROT_WRITE | PROT_EXEC,
			    MAP_PRIVATE | MAP_ANONYMOUS, 0);
	sysctl_overcommit_memory = usual;
	KUNIT_ASSERT_FALSE(test, IS_ERR_VALUE(run->much));
	/* fork() has copied the page when it fails. */
	KUNIT_ASSERT_GT(test, run->much, run->addr);
}

/**
 * mmx_op_failfork() - fork() fails half-way, for want of memory
 * @actor: the task
 */
void mmx_op_failfork(struct mmx_actor *actor)
{
	actor->ret = mmk_fork_mm(&actor->child);
}
