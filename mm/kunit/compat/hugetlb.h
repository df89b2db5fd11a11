/* SPDX-License-Identifier: GPL-2.0 */
/*
 * hugetlb
 */
#ifndef _MM_KUNIT_COMPAT_HUGETLB_H
#define _MM_KUNIT_COMPAT_HUGETLB_H

#include <linux/hugetlb.h>

/* The two ends of an isolation, and the last step of a new folio's */
#ifndef MMK_HAVE_FOLIO_ISOLATE_HUGETLB
#define folio_isolate_hugetlb(folio, list)	isolate_hugetlb(folio, list)
#define folio_putback_hugetlb(folio)	folio_putback_active_hugetlb(folio)
#define mmk_hugetlb_settle(folio)	folio_putback_active_hugetlb(folio)
#else
#define mmk_hugetlb_settle(folio)	folio_put(folio)
#endif

#endif /* _MM_KUNIT_COMPAT_HUGETLB_H */
