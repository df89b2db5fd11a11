/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Pages that KSM has merged
 */
#ifndef _MM_KUNIT_KSM_KSM_H
#define _MM_KUNIT_KSM_KSM_H

#include <kunit/test.h>
#include <linux/mm.h>
#include <linux/mount.h>
#include <linux/types.h>

#define KM_SEED		0x6b

/* Address spaces that share a page */
#define KM_NR		3

/**
 * struct km - A page that several address spaces share since it was merged
 * @sysfs: with the files of KSM
 * @mms: the address spaces; the first is current->mm
 * @nr: how many there are
 * @addr: where the page is, in each of them
 * @apart: where it is in the first one as well, in another VMA; or 0
 * @folio: the page
 */
struct km {
	struct vfsmount *sysfs;
	struct mm_struct *mms[KM_NR];
	unsigned int nr;
	unsigned long addr;
	unsigned long apart;
	struct folio *folio;
};

void km_merge(struct kunit *test, struct km *km, unsigned int nr);
void km_merge_apart(struct kunit *test, struct km *km);
void km_join(struct kunit *test, struct km *km);
void km_pause(struct kunit *test, struct km *km);
bool km_resume_until_merged(struct kunit *test, struct km *km);
void km_expect_mapped(struct kunit *test, struct km *km, struct folio *folio);

#endif /* _MM_KUNIT_KSM_KSM_H */
