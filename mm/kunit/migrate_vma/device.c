// SPDX-License-Identifier: GPL-2.0
/*
 * Pages of device-dax, for drivers to misuse.
 */
#include <linux/mm.h>
#include <linux/pagemap.h>

#include "../../internal.h"
#include "../lib/device.h"
#include "../compat/pgmap.h"
#include "device.h"

/* A locked page of device-dax, whose pages count from one */
struct page *mv_generic_page(struct mmk_dev *dev, unsigned int i)
{
	struct page *page = mmk_dev_page(dev, i);

	mmk_generic_get(page);
	lock_page(page);
	return page;
}
