// SPDX-License-Identifier: GPL-2.0
// Subject: mm: UFFDIO_MOVE does not say how much it has done
//
// The layout changes, and nothing is done. The monitor reads from the output
// field what was there before, and goes on behind it.
//
// Breaks: UM-1
// Kills: uffd_move_range.changing_layout_refuses_move: assertion
// In: fs/userfaultfd.c: userfaultfd_move
// In: mm/userfaultfd.c: userfaultfd_move

@@
identifier U;
@@
  if (unlikely(atomic_read(&ctx->mmap_changing))) {
- 	if (unlikely(put_user(ret, &U->move)))
- 		return -EFAULT;
  	goto out;
  }
