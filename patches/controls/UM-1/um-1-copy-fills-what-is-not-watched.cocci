// SPDX-License-Identifier: GPL-2.0
// Subject: mm: UFFDIO_COPY fills a mapping that is not watched
//
// The ioctl is one of a userfaultfd, so one might think that somebody has looked whether the
// mapping has one. It may have been replaced while the source was read.
//
// Breaks: UM-1
// Kills: uffd_move_event.changed_destination_gets_no_wrong_page: assertion or report
// In: mm/userfaultfd.c: validate_dst_vma
// Kernels: before 7.2: the new VMA is compared with the old one since

@@
@@
- if (!dst_vma->vm_userfaultfd_ctx.ctx)
- 	return false;
