// SPDX-License-Identifier: GPL-2.0
/*
 * Every kind of entry, under what wants the page.
 */
#include <kunit/test.h>
#include <linux/mm.h>
#include <linux/syscalls.h>
#include <linux/uaccess.h>
#include <linux/uio.h>

#include "../../internal.h"
#include "../lib/guard.h"
#include "../lib/mm.h"
#include "../lib/proc.h"
#include "mirror.h"
#include "walk.h"

MMK_GEN_PARAMS(entry)
{
	return ew_next_entry(prev, desc);
}

MMK_GEN_PARAMS(pair)
{
	return ew_next_pair(prev, desc);
}

MMK_GEN_PARAMS(batch)
{
	return ew_next_batch(prev, desc);
}

/* Room for the pages of all entries that the walk comes to */
static struct page **alloc_pages_of(struct ew_walk *w)
{
	struct page **pages = kunit_kcalloc(w->test, w->len / PAGE_SIZE,
					    sizeof(*pages), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(w->test, pages);
	return pages;
}

/* Of the pages that one call has given: they are those which are mapped now. */
static void say_pages(struct ew_walk *w, struct page **pages, long nr)
{
	struct ew_site *s;
	unsigned int i;
	long at = 0;

	ew_for_each_inside(s, w) {
		s->says = at + s->nr <= nr ? EW_OK : EW_FAILS;
		for (i = 0; i < s->nr && at < nr; i++, at++)
			if (pages[at] != ew_page_at(w, s, i))
				s->says = EW_MIXED;
	}
}

/* All pages of all entries, by one call. No reference is left behind. */
static void get_pages(struct ew_walk *w, unsigned int flags)
{
	struct page **pages = alloc_pages_of(w);
	long nr;

	mmap_read_lock(w->mm);
	nr = pin_user_pages(w->start, w->len / PAGE_SIZE, flags, pages);
	mmap_read_unlock(w->mm);
	say_pages(w, pages, nr);
	if (nr > 0)
		unpin_user_pages(pages, nr);
}

static void run_gup_read(struct ew_walk *w)
{
	get_pages(w, 0);
}

static const struct ew_ops gup_read_ops = { .run = run_gup_read, .task = true };

static void run_gup_write(struct ew_walk *w)
{
	get_pages(w, FOLL_WRITE);
}

static const struct ew_ops gup_write_ops = { .run = run_gup_write, .task = true };

static void run_gup_nowait(struct ew_walk *w)
{
	get_pages(w, FOLL_NOWAIT);
}

static const struct ew_ops gup_nowait_ops = { .run = run_gup_nowait, .task = true };

static void run_gup_longterm(struct ew_walk *w)
{
	get_pages(w, FOLL_LONGTERM);
}

static const struct ew_ops gup_longterm_ops = { .run = run_gup_longterm, .task = true };

static void get_pages_fast(struct ew_walk *w, unsigned int flags)
{
	struct page **pages = alloc_pages_of(w);
	int nr = get_user_pages_fast(w->start, w->len / PAGE_SIZE, flags, pages);

	say_pages(w, pages, nr);
	if (nr > 0)
		release_pages(pages, nr);
}

static void run_gup_fast_read(struct ew_walk *w)
{
	get_pages_fast(w, 0);
}

static const struct ew_ops gup_fast_read_ops = { .run = run_gup_fast_read, .task = true };

static void run_gup_fast_write(struct ew_walk *w)
{
	get_pages_fast(w, FOLL_WRITE);
}

static const struct ew_ops gup_fast_write_ops = { .run = run_gup_fast_write, .task = true };

/* All pages of an entry, which then are told of */
static void mirror(struct ew_walk *w, unsigned long request)
{
	struct ew_site *s;

	ew_mirror_run(w, request);
	ew_say(w, w->mirror->ret);
	if (w->mirror->ret)
		return;
	ew_for_each_inside(s, w)
		s->says = ew_mirror_valid(w, s, request) ? EW_OK : EW_MIXED;
}

static void run_hmm_read(struct ew_walk *w)
{
	mirror(w, HMM_PFN_REQ_FAULT);
}

static void run_hmm_write(struct ew_walk *w)
{
	mirror(w, HMM_PFN_REQ_FAULT | HMM_PFN_REQ_WRITE);
}

static const struct ew_ops hmm_read_ops = {
	.early = ew_mirror_early,
	.run = run_hmm_read,
	.task = true,
};

static const struct ew_ops hmm_write_ops = {
	.early = ew_mirror_early,
	.run = run_hmm_write,
	.task = true,
};

/* What @mem of a walk is used for: a vector for each entry, and what they bring */
#define IOV_PAGES	4
#define MAX_IOVS	(IOV_PAGES * PAGE_SIZE / sizeof(struct iovec))

/* The first bytes of each entry, by one call, and whether they are right */
static void run_process_vm_readv(struct ew_walk *w)
{
	struct iovec __user *iov = (struct iovec __user *)w->mem;
	u64 __user *to = (u64 __user *)(w->mem + IOV_PAGES * PAGE_SIZE);
	struct iovec local = { to, 0 }, remote = { NULL, sizeof(u64) };
	unsigned long nr = 0;
	struct ew_site *s;
	u64 bytes = 0;
	long ret = 0;

	ew_for_each_inside(s, w) {
		remote.iov_base = (void __user *)s->addr;
		if (copy_to_user(&iov[++nr], &remote, sizeof(remote)))
			ret = -EINVAL;
	}
	KUNIT_ASSERT_LT(w->test, nr, MAX_IOVS);
	local.iov_len = nr * sizeof(u64);
	if (ret || copy_to_user(iov, &local, sizeof(local))) {
		ew_say(w, -EINVAL);
		return;
	}
	ret = sys_process_vm_readv(task_pid_nr(w->proc->task->task), iov, 1,
				   iov + 1, nr, 0);
	nr = 0;
	ew_for_each_inside(s, w) {
		if (copy_from_user(&bytes, &to[nr++], sizeof(bytes)))
			ret = -EINVAL;
		s->says = ret == -EFAULT ? EW_EFAULT :
			  ret < (long)(nr * sizeof(u64)) ? EW_FAILS :
			  bytes != s->stamp ? EW_MIXED : EW_OK;
	}
}

static const struct ew_ops process_vm_readv_ops = {
	.early = ew_need_proc,
	.run = run_process_vm_readv,
	.task = true,
};

/* The page of an entry that is read: the last one before what is beside it */
static unsigned int read_page(struct ew_walk *w, const struct ew_site *s)
{
	return w->nr > 1 && s == w->site ? s->nr - 1 : 0;
}

/* From the first entry to the last, and whether all bytes of them are right */
static void run_access_remote_vm(struct ew_walk *w)
{
	struct ew_site *s, *last = w->site;
	unsigned long from = w->start;
	u64 bytes, want;
	int len, nr;
	void *buf;

	if (ew_is_inside(w, w->site))
		from += read_page(w, w->site) * PAGE_SIZE;
	ew_for_each_inside(s, w)
		last = s;
	len = last->addr + sizeof(u64) - from;
	buf = kvzalloc(len, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(w->test, buf);
	nr = access_remote_vm(w->mm, from, buf, len, 0);
	ew_for_each_inside(s, w) {
		unsigned int page = read_page(w, s);
		long at = s->addr + page * PAGE_SIZE - from;

		want = s->how->bytes ? s->stamp + page : 0;
		memcpy(&bytes, buf + at, sizeof(bytes));
		s->says = nr < at + (long)sizeof(bytes) ? EW_FAILS :
			  bytes != want ? EW_MIXED : EW_OK;
	}
	kvfree(buf);
}

static const struct ew_ops access_remote_vm_ops = {
	.run = run_access_remote_vm,
	.task = true,
};

/**
 * gup_read_meets_each_entry() - pin_user_pages()
 *
 * The row "GUP, read".
 *
 * Contract: EW-1
 */
static void gup_read_meets_each_entry(struct kunit *test)
{
	ew_run(test, EW_GUP_READ, &gup_read_ops);
}

/**
 * gup_read_tells_neighbours_apart() - pin_user_pages()
 *
 * The same over one range in which each kind of entry stands beside each other, and
 * beside one of its own kind, in this order and in the other.
 *
 * Contract: EW-2
 */
static void gup_read_tells_neighbours_apart(struct kunit *test)
{
	ew_run_chain(test, EW_GUP_READ, &gup_read_ops);
}

/**
 * gup_read_tells_huge_neighbours_apart() - pin_user_pages()
 *
 * The same over two entries of which one is huge, at least.
 *
 * Contract: EW-2
 */
static void gup_read_tells_huge_neighbours_apart(struct kunit *test)
{
	ew_run_pair(test, EW_GUP_READ, &gup_read_ops);
}

/**
 * gup_read_tells_pages_apart() - pin_user_pages()
 *
 * The same over pages of large folios of which neighbours are mapped in different
 * ways: writable, young, dirty, exclusive, soft-dirty, protected, or not.
 *
 * Contract: EW-2
 */
static void gup_read_tells_pages_apart(struct kunit *test)
{
	ew_run_batch(test, EW_GUP_READ, &gup_read_ops);
}

/**
 * gup_write_meets_each_entry() - pin_user_pages(FOLL_WRITE)
 *
 * The row "GUP, write".
 *
 * Contract: EW-1
 */
static void gup_write_meets_each_entry(struct kunit *test)
{
	ew_run(test, EW_GUP_WRITE, &gup_write_ops);
}

/**
 * gup_write_tells_neighbours_apart() - pin_user_pages(FOLL_WRITE)
 *
 * The same over one range in which each kind of entry stands beside each other, and
 * beside one of its own kind, in this order and in the other.
 *
 * Contract: EW-2
 */
static void gup_write_tells_neighbours_apart(struct kunit *test)
{
	ew_run_chain(test, EW_GUP_WRITE, &gup_write_ops);
}

/**
 * gup_write_tells_huge_neighbours_apart() - pin_user_pages(FOLL_WRITE)
 *
 * The same over two entries of which one is huge, at least.
 *
 * Contract: EW-2
 */
static void gup_write_tells_huge_neighbours_apart(struct kunit *test)
{
	ew_run_pair(test, EW_GUP_WRITE, &gup_write_ops);
}

/**
 * gup_write_tells_pages_apart() - pin_user_pages(FOLL_WRITE)
 *
 * The same over pages of large folios of which neighbours are mapped in different
 * ways: writable, young, dirty, exclusive, soft-dirty, protected, or not.
 *
 * Contract: EW-2
 */
static void gup_write_tells_pages_apart(struct kunit *test)
{
	ew_run_batch(test, EW_GUP_WRITE, &gup_write_ops);
}

/**
 * gup_nowait_meets_each_entry() - pin_user_pages(FOLL_NOWAIT)
 *
 * The row "GUP, FOLL_NOWAIT".
 *
 * Contract: EW-1
 */
static void gup_nowait_meets_each_entry(struct kunit *test)
{
	ew_run(test, EW_GUP_NOWAIT, &gup_nowait_ops);
}

/**
 * gup_nowait_tells_neighbours_apart() - pin_user_pages(FOLL_NOWAIT)
 *
 * The same over one range in which each kind of entry stands beside each other, and
 * beside one of its own kind, in this order and in the other.
 *
 * Contract: EW-2
 */
static void gup_nowait_tells_neighbours_apart(struct kunit *test)
{
	ew_run_chain(test, EW_GUP_NOWAIT, &gup_nowait_ops);
}

/**
 * gup_nowait_tells_huge_neighbours_apart() - pin_user_pages(FOLL_NOWAIT)
 *
 * The same over two entries of which one is huge, at least.
 *
 * Contract: EW-2
 */
static void gup_nowait_tells_huge_neighbours_apart(struct kunit *test)
{
	ew_run_pair(test, EW_GUP_NOWAIT, &gup_nowait_ops);
}

/**
 * gup_nowait_tells_pages_apart() - pin_user_pages(FOLL_NOWAIT)
 *
 * The same over pages of large folios of which neighbours are mapped in different
 * ways: writable, young, dirty, exclusive, soft-dirty, protected, or not.
 *
 * Contract: EW-2
 */
static void gup_nowait_tells_pages_apart(struct kunit *test)
{
	ew_run_batch(test, EW_GUP_NOWAIT, &gup_nowait_ops);
}

/**
 * gup_longterm_meets_each_entry() - pin_user_pages(FOLL_LONGTERM)
 *
 * The row "GUP, FOLL_LONGTERM".
 *
 * Contract: EW-1
 */
static void gup_longterm_meets_each_entry(struct kunit *test)
{
	ew_run(test, EW_GUP_LONGTERM, &gup_longterm_ops);
}

/**
 * gup_longterm_tells_neighbours_apart() - pin_user_pages(FOLL_LONGTERM)
 *
 * The same over one range in which each kind of entry stands beside each other, and
 * beside one of its own kind, in this order and in the other.
 *
 * Contract: EW-2
 */
static void gup_longterm_tells_neighbours_apart(struct kunit *test)
{
	ew_run_chain(test, EW_GUP_LONGTERM, &gup_longterm_ops);
}

/**
 * gup_longterm_tells_huge_neighbours_apart() - pin_user_pages(FOLL_LONGTERM)
 *
 * The same over two entries of which one is huge, at least.
 *
 * Contract: EW-2
 */
static void gup_longterm_tells_huge_neighbours_apart(struct kunit *test)
{
	ew_run_pair(test, EW_GUP_LONGTERM, &gup_longterm_ops);
}

/**
 * gup_longterm_tells_pages_apart() - pin_user_pages(FOLL_LONGTERM)
 *
 * The same over pages of large folios of which neighbours are mapped in different
 * ways: writable, young, dirty, exclusive, soft-dirty, protected, or not.
 *
 * Contract: EW-2
 */
static void gup_longterm_tells_pages_apart(struct kunit *test)
{
	ew_run_batch(test, EW_GUP_LONGTERM, &gup_longterm_ops);
}

/**
 * gup_fast_read_meets_each_entry() - get_user_pages_fast()
 *
 * The row "GUP-fast, read".
 *
 * Contract: EW-1
 */
static void gup_fast_read_meets_each_entry(struct kunit *test)
{
	ew_run(test, EW_GUP_FAST_READ, &gup_fast_read_ops);
}

/**
 * gup_fast_read_tells_neighbours_apart() - get_user_pages_fast()
 *
 * The same over one range in which each kind of entry stands beside each other, and
 * beside one of its own kind, in this order and in the other.
 *
 * Contract: EW-2
 */
static void gup_fast_read_tells_neighbours_apart(struct kunit *test)
{
	ew_run_chain(test, EW_GUP_FAST_READ, &gup_fast_read_ops);
}

/**
 * gup_fast_read_tells_huge_neighbours_apart() - get_user_pages_fast()
 *
 * The same over two entries of which one is huge, at least.
 *
 * Contract: EW-2
 */
static void gup_fast_read_tells_huge_neighbours_apart(struct kunit *test)
{
	ew_run_pair(test, EW_GUP_FAST_READ, &gup_fast_read_ops);
}

/**
 * gup_fast_read_tells_pages_apart() - get_user_pages_fast()
 *
 * The same over pages of large folios of which neighbours are mapped in different
 * ways: writable, young, dirty, exclusive, soft-dirty, protected, or not.
 *
 * Contract: EW-2
 */
static void gup_fast_read_tells_pages_apart(struct kunit *test)
{
	ew_run_batch(test, EW_GUP_FAST_READ, &gup_fast_read_ops);
}

/**
 * gup_fast_write_meets_each_entry() - get_user_pages_fast(FOLL_WRITE)
 *
 * The row "GUP-fast, write".
 *
 * Contract: EW-1
 */
static void gup_fast_write_meets_each_entry(struct kunit *test)
{
	ew_run(test, EW_GUP_FAST_WRITE, &gup_fast_write_ops);
}

/**
 * gup_fast_write_tells_neighbours_apart() - get_user_pages_fast(FOLL_WRITE)
 *
 * The same over one range in which each kind of entry stands beside each other, and
 * beside one of its own kind, in this order and in the other.
 *
 * Contract: EW-2
 */
static void gup_fast_write_tells_neighbours_apart(struct kunit *test)
{
	ew_run_chain(test, EW_GUP_FAST_WRITE, &gup_fast_write_ops);
}

/**
 * gup_fast_write_tells_huge_neighbours_apart() - get_user_pages_fast(FOLL_WRITE)
 *
 * The same over two entries of which one is huge, at least.
 *
 * Contract: EW-2
 */
static void gup_fast_write_tells_huge_neighbours_apart(struct kunit *test)
{
	ew_run_pair(test, EW_GUP_FAST_WRITE, &gup_fast_write_ops);
}

/**
 * gup_fast_write_tells_pages_apart() - get_user_pages_fast(FOLL_WRITE)
 *
 * The same over pages of large folios of which neighbours are mapped in different
 * ways: writable, young, dirty, exclusive, soft-dirty, protected, or not.
 *
 * Contract: EW-2
 */
static void gup_fast_write_tells_pages_apart(struct kunit *test)
{
	ew_run_batch(test, EW_GUP_FAST_WRITE, &gup_fast_write_ops);
}

/**
 * hmm_read_meets_each_entry() - hmm_range_fault() that asks for pages
 *
 * The row "hmm_range_fault, read".
 *
 * Contract: EW-1
 */
static void hmm_read_meets_each_entry(struct kunit *test)
{
	ew_run(test, EW_HMM_READ, &hmm_read_ops);
}

/**
 * hmm_read_tells_neighbours_apart() - hmm_range_fault() that asks for pages
 *
 * The same over one range in which each kind of entry stands beside each other, and
 * beside one of its own kind, in this order and in the other.
 *
 * Contract: EW-2
 */
static void hmm_read_tells_neighbours_apart(struct kunit *test)
{
	ew_run_chain(test, EW_HMM_READ, &hmm_read_ops);
}

/**
 * hmm_read_tells_huge_neighbours_apart() - hmm_range_fault() that asks for pages
 *
 * The same over two entries of which one is huge, at least.
 *
 * Contract: EW-2
 */
static void hmm_read_tells_huge_neighbours_apart(struct kunit *test)
{
	ew_run_pair(test, EW_HMM_READ, &hmm_read_ops);
}

/**
 * hmm_read_tells_pages_apart() - hmm_range_fault() that asks for pages
 *
 * The same over pages of large folios of which neighbours are mapped in different
 * ways: writable, young, dirty, exclusive, soft-dirty, protected, or not.
 *
 * Contract: EW-2
 */
static void hmm_read_tells_pages_apart(struct kunit *test)
{
	ew_run_batch(test, EW_HMM_READ, &hmm_read_ops);
}

/**
 * hmm_write_meets_each_entry() - hmm_range_fault() that asks for writable pages
 *
 * The row "hmm_range_fault, write".
 *
 * Contract: EW-1
 */
static void hmm_write_meets_each_entry(struct kunit *test)
{
	ew_run(test, EW_HMM_WRITE, &hmm_write_ops);
}

/**
 * hmm_write_tells_neighbours_apart() - hmm_range_fault() that asks for writable pages
 *
 * The same over one range in which each kind of entry stands beside each other, and
 * beside one of its own kind, in this order and in the other.
 *
 * Contract: EW-2
 */
static void hmm_write_tells_neighbours_apart(struct kunit *test)
{
	ew_run_chain(test, EW_HMM_WRITE, &hmm_write_ops);
}

/**
 * hmm_write_tells_huge_neighbours_apart() - hmm_range_fault() that asks for writable pages
 *
 * The same over two entries of which one is huge, at least.
 *
 * Contract: EW-2
 */
static void hmm_write_tells_huge_neighbours_apart(struct kunit *test)
{
	ew_run_pair(test, EW_HMM_WRITE, &hmm_write_ops);
}

/**
 * hmm_write_tells_pages_apart() - hmm_range_fault() that asks for writable pages
 *
 * The same over pages of large folios of which neighbours are mapped in different
 * ways: writable, young, dirty, exclusive, soft-dirty, protected, or not.
 *
 * Contract: EW-2
 */
static void hmm_write_tells_pages_apart(struct kunit *test)
{
	ew_run_batch(test, EW_HMM_WRITE, &hmm_write_ops);
}

/**
 * process_vm_readv_meets_each_entry() - process_vm_readv()
 *
 * The row "process_vm_readv": the bytes that were written, or zeroes.
 *
 * Contract: EW-1
 */
static void process_vm_readv_meets_each_entry(struct kunit *test)
{
	ew_run(test, EW_PROCESS_VM_READV, &process_vm_readv_ops);
}

/**
 * process_vm_readv_tells_neighbours_apart() - process_vm_readv()
 *
 * The same over one range in which each kind of entry stands beside each other, and
 * beside one of its own kind, in this order and in the other.
 *
 * Contract: EW-2
 */
static void process_vm_readv_tells_neighbours_apart(struct kunit *test)
{
	ew_run_chain(test, EW_PROCESS_VM_READV, &process_vm_readv_ops);
}

/**
 * process_vm_readv_tells_huge_neighbours_apart() - process_vm_readv()
 *
 * The same over two entries of which one is huge, at least.
 *
 * Contract: EW-2
 */
static void process_vm_readv_tells_huge_neighbours_apart(struct kunit *test)
{
	ew_run_pair(test, EW_PROCESS_VM_READV, &process_vm_readv_ops);
}

/**
 * process_vm_readv_tells_pages_apart() - process_vm_readv()
 *
 * The same over pages of large folios of which neighbours are mapped in different
 * ways: writable, young, dirty, exclusive, soft-dirty, protected, or not.
 *
 * Contract: EW-2
 */
static void process_vm_readv_tells_pages_apart(struct kunit *test)
{
	ew_run_batch(test, EW_PROCESS_VM_READV, &process_vm_readv_ops);
}

/**
 * access_remote_vm_meets_each_entry() - access_remote_vm()
 *
 * The row "access_remote_vm": the bytes that were written, or zeroes.
 *
 * Contract: EW-1
 */
static void access_remote_vm_meets_each_entry(struct kunit *test)
{
	ew_run(test, EW_ACCESS_REMOTE_VM, &access_remote_vm_ops);
}

/**
 * access_remote_vm_tells_neighbours_apart() - access_remote_vm()
 *
 * The same over one range in which each kind of entry stands beside each other, and
 * beside one of its own kind, in this order and in the other.
 *
 * Contract: EW-2
 */
static void access_remote_vm_tells_neighbours_apart(struct kunit *test)
{
	ew_run_chain(test, EW_ACCESS_REMOTE_VM, &access_remote_vm_ops);
}

/**
 * access_remote_vm_tells_huge_neighbours_apart() - access_remote_vm()
 *
 * The same over two entries of which one is huge, at least.
 *
 * Contract: EW-2
 */
static void access_remote_vm_tells_huge_neighbours_apart(struct kunit *test)
{
	ew_run_pair(test, EW_ACCESS_REMOTE_VM, &access_remote_vm_ops);
}

/**
 * access_remote_vm_tells_pages_apart() - access_remote_vm()
 *
 * The same over pages of large folios of which neighbours are mapped in different
 * ways: writable, young, dirty, exclusive, soft-dirty, protected, or not.
 *
 * Contract: EW-2
 */
static void access_remote_vm_tells_pages_apart(struct kunit *test)
{
	ew_run_batch(test, EW_ACCESS_REMOTE_VM, &access_remote_vm_ops);
}

static struct kunit_case walker_access_cases[] = {
	KUNIT_CASE_PARAM(gup_read_meets_each_entry, entry_gen_params),
	KUNIT_CASE(gup_read_tells_neighbours_apart),
	KUNIT_CASE_PARAM(gup_read_tells_huge_neighbours_apart, pair_gen_params),
	KUNIT_CASE_PARAM(gup_read_tells_pages_apart, batch_gen_params),
	KUNIT_CASE_PARAM(gup_write_meets_each_entry, entry_gen_params),
	KUNIT_CASE(gup_write_tells_neighbours_apart),
	KUNIT_CASE_PARAM(gup_write_tells_huge_neighbours_apart,
			 pair_gen_params),
	KUNIT_CASE_PARAM(gup_write_tells_pages_apart, batch_gen_params),
	KUNIT_CASE_PARAM(gup_nowait_meets_each_entry, entry_gen_params),
	KUNIT_CASE(gup_nowait_tells_neighbours_apart),
	KUNIT_CASE_PARAM(gup_nowait_tells_huge_neighbours_apart,
			 pair_gen_params),
	KUNIT_CASE_PARAM(gup_nowait_tells_pages_apart, batch_gen_params),
	KUNIT_CASE_PARAM(gup_longterm_meets_each_entry, entry_gen_params),
	KUNIT_CASE(gup_longterm_tells_neighbours_apart),
	KUNIT_CASE_PARAM(gup_longterm_tells_huge_neighbours_apart,
			 pair_gen_params),
	KUNIT_CASE_PARAM(gup_longterm_tells_pages_apart, batch_gen_params),
	KUNIT_CASE_PARAM(gup_fast_read_meets_each_entry, entry_gen_params),
	KUNIT_CASE(gup_fast_read_tells_neighbours_apart),
	KUNIT_CASE_PARAM(gup_fast_read_tells_huge_neighbours_apart,
			 pair_gen_params),
	KUNIT_CASE_PARAM(gup_fast_read_tells_pages_apart, batch_gen_params),
	KUNIT_CASE_PARAM(gup_fast_write_meets_each_entry, entry_gen_params),
	KUNIT_CASE(gup_fast_write_tells_neighbours_apart),
	KUNIT_CASE_PARAM(gup_fast_write_tells_huge_neighbours_apart,
			 pair_gen_params),
	KUNIT_CASE_PARAM(gup_fast_write_tells_pages_apart, batch_gen_params),
	KUNIT_CASE_PARAM(hmm_read_meets_each_entry, entry_gen_params),
	KUNIT_CASE(hmm_read_tells_neighbours_apart),
	KUNIT_CASE_PARAM(hmm_read_tells_huge_neighbours_apart, pair_gen_params),
	KUNIT_CASE_PARAM(hmm_read_tells_pages_apart, batch_gen_params),
	KUNIT_CASE_PARAM(hmm_write_meets_each_entry, entry_gen_params),
	KUNIT_CASE(hmm_write_tells_neighbours_apart),
	KUNIT_CASE_PARAM(hmm_write_tells_huge_neighbours_apart,
			 pair_gen_params),
	KUNIT_CASE_PARAM(hmm_write_tells_pages_apart, batch_gen_params),
	KUNIT_CASE_PARAM(process_vm_readv_meets_each_entry, entry_gen_params),
	KUNIT_CASE(process_vm_readv_tells_neighbours_apart),
	KUNIT_CASE_PARAM(process_vm_readv_tells_huge_neighbours_apart,
			 pair_gen_params),
	KUNIT_CASE_PARAM(process_vm_readv_tells_pages_apart, batch_gen_params),
	KUNIT_CASE_PARAM(access_remote_vm_meets_each_entry, entry_gen_params),
	KUNIT_CASE(access_remote_vm_tells_neighbours_apart),
	KUNIT_CASE_PARAM(access_remote_vm_tells_huge_neighbours_apart,
			 pair_gen_params),
	KUNIT_CASE_PARAM(access_remote_vm_tells_pages_apart, batch_gen_params),
	{}
};

static struct kunit_suite walker_access_suite = {
	.name = "walker_access",
	.init = mmk_case_init,
	.test_cases = walker_access_cases,
};

kunit_test_suite(walker_access_suite);
