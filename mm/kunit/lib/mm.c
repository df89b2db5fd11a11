// SPDX-License-Identifier: GPL-2.0
/*
 * Address spaces: a real mm for the case to run in, mappings, their bytes, and
 * the mm of a forked child.
 */
#include <kunit/test.h>
#include <linux/completion.h>
#include <linux/file.h>
#include <linux/hash.h>
#include <linux/highmem.h>
#include <linux/kthread.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/sched/mm.h>
#include <linux/sched/signal.h>
#include <linux/shmem_fs.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include <uapi/linux/wait.h>

#include "../../internal.h"
#include "../compat/file.h"
#include "../compat/kunit.h"
#include "mm.h"
#include "wait.h"

/**
 * struct mmk_mm_owner - An mm that a case has to give back
 * @list: in mm_owners
 * @test: the case
 * @mm: the mm
 * @used: a thread of KUnit has called kthread_use_mm() on it
 */
struct mmk_mm_owner {
	struct list_head list;
	struct kunit *test;
	struct mm_struct *mm;
	bool used;
};

/* Cases run one by one, so this is only ever the list of one case. */
static LIST_HEAD(mm_owners);

/*
 * Runs in another thread than the case. The thread of the case has exited, or
 * is about to drop its mm_users; tasks of the case may still be exiting.
 */
static void mm_release(void *data)
{
	struct mmk_mm_owner *owner = data;
	struct mm_struct *mm = owner->mm;

	if (!mmk_wait_for(atomic_read(&mm->mm_users) == 1))
		KUNIT_FAIL(owner->test, "mm leaked: %d users, should be 1",
			   atomic_read(&mm->mm_users));

	list_del(&owner->list);
	/*
	 * The mmgrab() of kthread_use_mm(), which the exit of a kthread does
	 * not drop
	 */
	if (owner->used)
		mmdrop(mm);
	mmput(mm);
}

static struct mmk_mm_owner *mm_owner_alloc(struct kunit *test, bool used)
{
	struct mmk_mm_owner *owner;

	owner = kunit_kzalloc(test, sizeof(*owner), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, owner);
	owner->test = test;
	owner->used = used;
	return owner;
}

/* Takes over the caller's reference on @mm. */
static void mm_own(struct mmk_mm_owner *owner, struct mm_struct *mm)
{
	owner->mm = mm;
	list_add(&owner->list, &mm_owners);
	KUNIT_ASSERT_EQ(owner->test, 0,
			kunit_add_action_or_reset(owner->test, mm_release,
						  owner));
}

/**
 * mmk_mm_enter() - Give the case an empty address space of its own
 * @test: the case
 *
 * current->mm is the new mm until the case ends. Call it before anything that
 * refers to the mm: its release, which runs exit_mmap(), is then the last.
 *
 * Return: the mm.
 */
struct mm_struct *mmk_mm_enter(struct kunit *test)
{
	struct mmk_mm_owner *owner;
	struct mm_struct *mm;

	KUNIT_ASSERT_NULL(test, current->mm);
	owner = mm_owner_alloc(test, true);
	KUNIT_ASSERT_EQ(test, kunit_attach_mm(), 0);
	mm = current->mm;
	/* exit_mm() drops the other one when the thread of the case exits. */
	mmget(mm);
	mm_own(owner, mm);
	return mm;
}

/**
 * mmk_mmap() - Map something into current->mm
 * @test: the case
 * @file: what, or NULL for anonymous memory
 * @len: bytes
 * @prot: PROT_*
 * @flags: MAP_*
 *
 * Return: the address. The mapping goes away with the mm.
 */
unsigned long mmk_mmap(struct kunit *test, struct file *file, size_t len,
		       unsigned long prot, unsigned long flags)
{
	unsigned long addr = vm_mmap(file, 0, len, prot, flags, 0);

	KUNIT_ASSERT_FALSE_MSG(test, IS_ERR_VALUE(addr), "mmap: %ld",
			       (long)addr);
	return addr;
}

/**
 * mmk_map_anon() - Map private anonymous memory, readable and writable
 * @test: the case
 * @nr_pages: how much
 *
 * Return: the address. No page is there yet.
 */
unsigned long mmk_map_anon(struct kunit *test, unsigned int nr_pages)
{
	return mmk_mmap(test, NULL, nr_pages * PAGE_SIZE,
			PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS);
}

static void file_release(void *file)
{
	fput(file);
}

/**
 * mmk_shmem_file() - Make a tmpfs file
 * @test: the case
 * @nr_pages: its size
 *
 * Return: the file.
 */
struct file *mmk_shmem_file(struct kunit *test, unsigned int nr_pages)
{
	struct file *file = shmem_file_setup("mmk", nr_pages * PAGE_SIZE,
					     MMK_SHMEM_NORESERVE);

	KUNIT_ASSERT_FALSE(test, IS_ERR(file));
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, file_release,
							file), 0);
	return file;
}

/**
 * struct fork_child - What a forked child hands over
 * @mm: its mm, with a reference
 * @done: when it has
 */
struct fork_child {
	struct mm_struct *mm;
	struct completion done;
};

static int fork_child(void *data)
{
	struct fork_child *child = data;

	child->mm = current->mm;
	mmget(child->mm);
	complete(&child->done);
	do_exit(0);
}

/**
 * mmk_fork_mm() - Fork current->mm, in any task
 * @mm: the mm of the child, with a reference
 *
 * kernel_clone() without CLONE_VM runs the real dup_mmap() and
 * copy_page_range(). The child hands its mm over and exits.
 *
 * Return: 0 or an error.
 */
int mmk_fork_mm(struct mm_struct **mm)
{
	struct fork_child child = {};
	/* Without a signal: an ignored SIGCHLD would reap the child at once. */
	struct kernel_clone_args args = {
		.fn		= fork_child,
		.fn_arg		= &child,
	};
	pid_t pid;

	init_completion(&child.done);
	pid = kernel_clone(&args);
	if (pid < 0)
		return pid;
	wait_for_completion(&child.done);
	*mm = child.mm;
	return kernel_wait4(pid, NULL, __WALL, NULL) == pid ? 0 : -ECHILD;
}

/**
 * mmk_fork() - mmk_fork_mm() by the case
 * @test: the case
 *
 * Return: the mm of the child, which the case then owns.
 */
struct mm_struct *mmk_fork(struct kunit *test)
{
	struct mmk_mm_owner *owner = mm_owner_alloc(test, false);
	struct mm_struct *mm = NULL;
	int err = mmk_fork_mm(&mm);

	if (mm)
		mm_own(owner, mm);
	KUNIT_ASSERT_EQ(test, err, 0);
	/* The case is the only user of the mm now. */
	KUNIT_ASSERT_EQ(test, atomic_read(&mm->mm_users), 1);
	return mm;
}

/**
 * mmk_fork_of() - Let a task of another address space fork it
 * @test: the case
 * @mm: address space, any
 *
 * Return: as mmk_fork().
 */
struct mm_struct *mmk_fork_of(struct kunit *test, struct mm_struct *mm)
{
	struct mm_struct *own = current->mm, *child;

	kthread_unuse_mm(own);
	kthread_use_mm(mm);
	child = mmk_fork(test);
	kthread_unuse_mm(mm);
	kthread_use_mm(own);
	return child;
}

static int fork_exit(void *unused)
{
	do_exit(0);
}

/**
 * mmk_try_fork() - Fork current->mm, with a child that exits at once
 *
 * Return: the pid of the child, for kernel_wait4(), or an error.
 */
pid_t mmk_try_fork(void)
{
	/* Without a signal: an ignored SIGCHLD would reap the child at once. */
	struct kernel_clone_args args = { .fn = fork_exit };

	return kernel_clone(&args);
}

/**
 * mmk_mm_put() - Give an mm of mmk_fork() back before the case ends
 * @test: the case
 * @mm: the mm; exit_mmap() has run when this returns
 */
void mmk_mm_put(struct kunit *test, struct mm_struct *mm)
{
	struct mmk_mm_owner *owner;

	list_for_each_entry(owner, &mm_owners, list)
		if (owner->mm == mm)
			break;
	KUNIT_ASSERT_FALSE(test, list_entry_is_head(owner, &mm_owners, list));
	kunit_release_action(test, mm_release, owner);
}

/**
 * mmk_mm_madvise() - madvise() by a task of another address space
 * @mm: address space, any
 * @addr: where
 * @len: bytes
 * @behavior: MADV_*
 *
 * Most advice can only be given to one's own mm.
 *
 * Return: what do_madvise() says.
 */
int mmk_mm_madvise(struct mm_struct *mm, unsigned long addr, size_t len,
		   int behavior)
{
	struct mm_struct *own = current->mm;
	int ret;

	kthread_unuse_mm(own);
	kthread_use_mm(mm);
	ret = do_madvise(mm, addr, len, behavior);
	kthread_unuse_mm(mm);
	kthread_use_mm(own);
	return ret;
}

/**
 * mmk_set_vm_flags() - Set or clear flags of a VMA
 * @mm: address space
 * @addr: user address in the VMA
 * @flags: VM_*
 * @set: whether to set them
 */
void mmk_set_vm_flags(struct mm_struct *mm, unsigned long addr,
		      unsigned long flags, bool set)
{
	struct vm_area_struct *vma;

	mmap_write_lock(mm);
	vma = vma_lookup(mm, addr);
	if (set)
		vm_flags_set(vma, flags);
	else
		vm_flags_clear(vma, flags);
	mmap_write_unlock(mm);
}

/**
 * mmk_vma_at() - Look a VMA up
 * @mm: an mm that only tasks of the case use
 * @addr: an address in it
 *
 * Takes mmap_lock for reading, and drops it again.
 *
 * Return: the VMA, or NULL if there is none at this address.
 */
struct vm_area_struct *mmk_vma_at(struct mm_struct *mm, unsigned long addr)
{
	struct vm_area_struct *vma;

	mmap_read_lock(mm);
	vma = vma_lookup(mm, addr);
	mmap_read_unlock(mm);
	return vma;
}

/**
 * mmk_fault_in() - Take the faults that an access to one page takes
 * @mm: address space
 * @addr: user address
 * @write: whether to write
 *
 * Return: 0, or what fixup_user_fault() says.
 */
int mmk_fault_in(struct mm_struct *mm, unsigned long addr, bool write)
{
	bool unlocked = false;
	int ret;

	mmap_read_lock(mm);
	ret = fixup_user_fault(mm, addr, write ? FAULT_FLAG_WRITE : 0,
			       &unlocked);
	mmap_read_unlock(mm);
	return ret;
}

/* Differs from page to page, and mostly from byte to byte. */
static u8 pattern(u8 seed, unsigned int page, unsigned int i)
{
	return seed + hash_32(page * PAGE_SIZE + i, BITS_PER_BYTE);
}

static u8 *page_buffer(struct kunit *test)
{
	u8 *buf = kunit_kmalloc(test, PAGE_SIZE, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, buf);
	return buf;
}

/**
 * mmk_fill() - Write a pattern to pages of current->mm
 * @test: the case
 * @addr: where
 * @nr_pages: how many pages
 * @seed: of the pattern, which differs from page to page
 */
void mmk_fill(struct kunit *test, unsigned long addr, unsigned int nr_pages,
	      u8 seed)
{
	u8 *buf = page_buffer(test);
	unsigned int page, i;

	for (page = 0; page < nr_pages; page++) {
		for (i = 0; i < PAGE_SIZE; i++)
			buf[i] = pattern(seed, page, i);
		KUNIT_ASSERT_EQ(test, copy_to_user((void __user *)addr +
						   page * PAGE_SIZE, buf,
						   PAGE_SIZE), 0UL);
	}
	kunit_kfree(test, buf);
}

/* Whether @buf is @page of the pattern; if not, @diff says where it differs. */
static bool page_is(const u8 *buf, unsigned int page, u8 seed,
		    struct mmk_diff *diff)
{
	unsigned int i;

	for (i = 0; i < PAGE_SIZE; i++)
		if (buf[i] != pattern(seed, page, i))
			break;
	if (i == PAGE_SIZE)
		return true;

	diff->any = true;
	diff->page = page;
	diff->byte = i;
	diff->is = buf[i];
	diff->should = pattern(seed, page, i);
	return false;
}

/**
 * mmk_part_diff() - Where pages do not hold the bytes that mmk_fill() wrote
 * @test: the case
 * @mm: address space, any
 * @addr: of the first of them
 * @first: its number among the pages that mmk_fill() has written, from 0
 * @nr_pages: how many pages
 * @seed: of the pattern
 *
 * Reads through get_user_pages(), which takes the faults of a reader.
 *
 * Return: the first byte that differs, or the first page that cannot be read.
 */
struct mmk_diff mmk_part_diff(struct kunit *test, struct mm_struct *mm,
			      unsigned long addr, unsigned int first,
			      unsigned int nr_pages, u8 seed)
{
	u8 *buf = page_buffer(test);
	struct mmk_diff diff = {};
	unsigned int page;
	int nr;

	for (page = first; page < first + nr_pages && !diff.any; page++) {
		nr = access_remote_vm(mm, addr + (page - first) * PAGE_SIZE,
				      buf, PAGE_SIZE, 0);
		if (nr != PAGE_SIZE)
			diff = (struct mmk_diff){ .any = true, .page = page,
						  .unreadable = true };
		else
			page_is(buf, page, seed, &diff);
	}
	kunit_kfree(test, buf);
	return diff;
}

/**
 * mmk_diff() - mmk_part_diff() of current->mm, read as its user would
 * @test: the case
 * @addr: where
 * @nr_pages: how many pages
 * @seed: of the pattern
 *
 * Return: as mmk_part_diff().
 */
struct mmk_diff mmk_diff(struct kunit *test, unsigned long addr,
			 unsigned int nr_pages, u8 seed)
{
	u8 *buf = page_buffer(test);
	struct mmk_diff diff = {};
	unsigned int page;

	for (page = 0; page < nr_pages && !diff.any; page++) {
		if (copy_from_user(buf, (void __user *)addr + page * PAGE_SIZE,
				   PAGE_SIZE))
			diff = (struct mmk_diff){ .any = true, .page = page,
						  .unreadable = true };
		else
			page_is(buf, page, seed, &diff);
	}
	kunit_kfree(test, buf);
	return diff;
}

/**
 * mmk_folio_diff() - Where a folio does not hold the first pages of mmk_fill()
 * @folio: a folio that the CPU can address, of any order
 * @seed: of the pattern
 *
 * Return: as mmk_part_diff().
 */
struct mmk_diff mmk_folio_diff(struct folio *folio, u8 seed)
{
	struct mmk_diff diff = {};
	unsigned int page;
	u8 *p;

	for (page = 0; page < folio_nr_pages(folio) && !diff.any; page++) {
		p = kmap_local_folio(folio, page * PAGE_SIZE);
		page_is(p, page, seed, &diff);
		kunmap_local(p);
	}
	return diff;
}

/**
 * mmk_mm_poke() - Write one byte, with the faults that a writer takes
 * @mm: address space, any
 * @addr: where
 * @byte: what
 *
 * Return: 0 or -EFAULT.
 */
int mmk_mm_poke(struct mm_struct *mm, unsigned long addr, u8 byte)
{
	return access_remote_vm(mm, addr, &byte, 1, FOLL_WRITE) == 1 ? 0 :
								     -EFAULT;
}
