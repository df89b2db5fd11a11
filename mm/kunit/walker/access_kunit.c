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

/* One page of each entry. No reference is left behind. */
static void get_pages(struct ew_walk *w, unsigned int flags)
{
	struct page *page;
	struct ew_site *s;
	long ret;

	ew_for_each_site(s, w) {
		mmap_read_lock(w->mm);
		ret = pin_user_pages(s->addr, 1, flags, &page);
		mmap_read_unlock(w->mm);
		if (ret == 1) {
			s->says = EW_OK;
			unpin_user_page(page);
		} else {
			s->says = EW_FAILS;
		}
	}
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
	struct page *page;
	struct ew_site *s;

	ew_for_each_site(s, w) {
		if (get_user_pages_fast(s->addr, 1, flags, &page) == 1) {
			s->says = EW_OK;
			put_page(page);
		} else {
			s->says = EW_FAILS;
		}
	}
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
	ew_for_each_site(s, w)
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

/* The first bytes of each entry, and whether they are right */
static void run_process_vm_readv(struct ew_walk *w)
{
	struct iovec __user *iov = (struct iovec __user *)w->mem;
	u64 __user *to = (u64 __user *)(iov + 2);
	struct iovec local = { to, sizeof(u64) };
	struct iovec remote = { NULL, sizeof(u64) };
	struct ew_site *s;
	u64 bytes = 0;
	long ret;

	ew_for_each_site(s, w) {
		remote.iov_base = (void __user *)s->addr;
		if (copy_to_user(iov, &local, sizeof(local)) ||
		    copy_to_user(iov + 1, &remote, sizeof(remote))) {
			ew_say(w, -EINVAL);
			return;
		}
		ret = sys_process_vm_readv(task_pid_nr(w->proc->task->task), iov,
					   1, iov + 1, 1, 0);
		if (copy_from_user(&bytes, to, sizeof(bytes)))
			ret = -EINVAL;
		s->says = ret == -EFAULT ? EW_EFAULT :
			  ret != sizeof(bytes) ? EW_FAILS :
			  bytes != s->stamp ? EW_MIXED : EW_OK;
	}
}

static const struct ew_ops process_vm_readv_ops = {
	.early = ew_need_proc,
	.run = run_process_vm_readv,
	.task = true,
};

static void run_access_remote_vm(struct ew_walk *w)
{
	struct ew_site *s;
	u64 bytes;
	int nr;

	ew_for_each_site(s, w) {
		nr = access_remote_vm(w->mm, s->addr, &bytes, sizeof(bytes), 0);
		s->says = nr != sizeof(bytes) ? EW_FAILS :
			  bytes != s->stamp ? EW_MIXED : EW_OK;
	}
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

static struct kunit_case walker_access_cases[] = {
	KUNIT_CASE_PARAM(gup_read_meets_each_entry, entry_gen_params),
	KUNIT_CASE_PARAM(gup_write_meets_each_entry, entry_gen_params),
	KUNIT_CASE_PARAM(gup_nowait_meets_each_entry, entry_gen_params),
	KUNIT_CASE_PARAM(gup_longterm_meets_each_entry, entry_gen_params),
	KUNIT_CASE_PARAM(gup_fast_read_meets_each_entry, entry_gen_params),
	KUNIT_CASE_PARAM(gup_fast_write_meets_each_entry, entry_gen_params),
	KUNIT_CASE_PARAM(hmm_read_meets_each_entry, entry_gen_params),
	KUNIT_CASE_PARAM(hmm_write_meets_each_entry, entry_gen_params),
	KUNIT_CASE_PARAM(process_vm_readv_meets_each_entry, entry_gen_params),
	KUNIT_CASE_PARAM(access_remote_vm_meets_each_entry, entry_gen_params),
	{}
};

static struct kunit_suite walker_access_suite = {
	.name = "walker_access",
	.init = mmk_case_init,
	.test_cases = walker_access_cases,
};

kunit_test_suite(walker_access_suite);
