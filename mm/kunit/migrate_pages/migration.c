// SPDX-License-Identifier: GPL-2.0
/*
 * A list of folios, and migrate_pages() on it.
 */
#include <linux/migrate.h>
#include <linux/mm.h>
#include <linux/vmstat.h>

#include "../../internal.h"
#include "migration.h"

static struct folio *mp_new_folio(struct folio *src,
				  unsigned long private)
{
	struct migration *m = (struct migration *)private;
	unsigned int nth = m->nr_new++;
	struct folio *dst;

	if (nth >= m->max_new)
		return NULL;
	dst = folio_alloc(GFP_HIGHUSER_MOVABLE, 0);
	if (nth < ARRAY_SIZE(m->src)) {
		m->src[nth] = src;
		m->dst[nth] = dst;
	}
	return dst;
}

static void mp_put_folio(struct folio *dst, unsigned long private)
{
	struct migration *m = (struct migration *)private;

	m->nr_returned++;
	folio_put(dst);
}

int mp_run(struct migration *m, enum migrate_mode mode,
	   unsigned int *succeeded)
{
	return migrate_pages(&m->list, mp_new_folio,
			     mp_put_folio, (unsigned long)m, mode,
			     MR_SYSCALL, succeeded);
}
