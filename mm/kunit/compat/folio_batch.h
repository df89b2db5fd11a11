/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Where struct folio_batch is
 */
#ifndef _MM_KUNIT_COMPAT_FOLIO_BATCH_H
#define _MM_KUNIT_COMPAT_FOLIO_BATCH_H

#if __has_include("linux/folio_batch.h")
#include <linux/folio_batch.h>
#else
#include <linux/pagevec.h>
#endif

#endif /* _MM_KUNIT_COMPAT_FOLIO_BATCH_H */
