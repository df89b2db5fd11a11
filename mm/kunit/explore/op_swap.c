// SPDX-License-Identifier: GPL-2.0
/*
 * Operations on pages that are swapped out, or moved by a userfaultfd.
 */
#include <kunit/test.h>
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/uaccess.h>
#include <linux/userfaultfd.h>

#include "../../internal.h"
#include "../lib/swap.h"
#include "../lib/uffd.h"
#include "program.h"

/**
 * mmx_op_pageout() - MADV_PAGEOUT, a hint
 * @actor: the task
 */
void mmx_op_pageout(struct mmx_actor *actor)
{
	do_madvise(actor->run->mm, actor->run->addr, PAGE_SIZE, MADV_PAGEOUT);
}

/**
 * mmx_op_swapoff() - Turn the area off
 * @actor: the task
 */
void mmx_op_swapoff(struct mmx_actor *actor)
{
	actor->ret = mmk_swap_off(actor->run->program->ground.swap);
}

/**
 * mmx_prepare_move() - Have the arguments of UFFDIO_MOVE
 * @test: the case
 * @actor: the task
 */
void mmx_prepare_move(struct kunit *test, struct mmx_actor *actor)
{
	const struct uffdio_move args = {
		.dst = actor->run->other,
		.src = actor->run->addr,
		.len = PAGE_SIZE,
	};

	/* Behind those of the calls that are made while all is prepared */
	actor->arg = actor->run->program->ground.uffd->arg + PAGE_SIZE / 2 +
		     actor->nth * sizeof(args);
	KUNIT_ASSERT_EQ(test, copy_to_user((void __user *)actor->arg, &args,
					   sizeof(args)), 0UL);
}

/**
 * mmx_op_move() - UFFDIO_MOVE of the page to the second address
 * @actor: the task
 *
 * It may find the page busy, as its manual page says.
 */
void mmx_op_move(struct mmx_actor *actor)
{
	struct file *file = actor->run->program->ground.uffd->file;

	actor->ret = file->f_op->unlocked_ioctl(file, UFFDIO_MOVE, actor->arg);
	actor->gave_up = actor->ret == -EBUSY || actor->ret == -EAGAIN;
}
