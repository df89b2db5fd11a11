// SPDX-License-Identifier: GPL-2.0
/* ZONE_DEVICE pages: free at refcount zero. */
#include "../internal.h"
#include "fixtures.h"

static struct kunit_case zone_device_cases[] = {
	{}
};

static struct kunit_suite zone_device_suite = {
	.name = "zone_device",
	.init = mmk_case_init,
	.test_cases = zone_device_cases,
};
kunit_test_suite(zone_device_suite);
