/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The userfaultfd bit of an entry
 *
 * Up to 7.2 it is named after write protection alone.
 */
#ifndef _MM_KUNIT_COMPAT_UFFD_H
#define _MM_KUNIT_COMPAT_UFFD_H

#include <linux/mm.h>
#include <linux/userfaultfd_k.h>

#ifndef MMK_HAVE_UFFD_BIT
#define pte_uffd(pte)			pte_uffd_wp(pte)
#define pte_mkuffd(pte)			pte_mkuffd_wp(pte)
#define pte_clear_uffd(pte)		pte_clear_uffd_wp(pte)
#define pte_swp_uffd(pte)		pte_swp_uffd_wp(pte)
#define pte_swp_mkuffd(pte)		pte_swp_mkuffd_wp(pte)
#define pte_swp_clear_uffd(pte)		pte_swp_clear_uffd_wp(pte)
#define pmd_uffd(pmd)			pmd_uffd_wp(pmd)
#define pmd_mkuffd(pmd)			pmd_mkuffd_wp(pmd)
#define pmd_clear_uffd(pmd)		pmd_clear_uffd_wp(pmd)
#define pmd_swp_uffd(pmd)		pmd_swp_uffd_wp(pmd)
#define pmd_swp_mkuffd(pmd)		pmd_swp_mkuffd_wp(pmd)
#define pmd_swp_clear_uffd(pmd)		pmd_swp_clear_uffd_wp(pmd)
#endif

#endif /* _MM_KUNIT_COMPAT_UFFD_H */
