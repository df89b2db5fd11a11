// SPDX-License-Identifier: GPL-2.0
// Subject: mm: hand device pages out without a pgmap reference
//
// zone_device_page_init() only checks that the pgmap is alive, so that the last put
// drops a reference which nobody took. Somebody who reads the WARN_ON_ONCE() as a mere
// assertion, and makes it one without side effects, would do this.
//
// Breaks: ZD-2, ZD-10
// Kills: zone_device_life.page_init_takes_one_reference: assertion
// Kills: zone_device_race.racing_puts_free_once: assertion
// In: mm/memremap.c: zone_device_page_init

@@
expression E;
@@
(
- WARN_ON_ONCE(!percpu_ref_tryget_many(E, 1 << order));
+ WARN_ON_ONCE(percpu_ref_is_zero(E));
|
- WARN_ON_ONCE(!percpu_ref_tryget_live(E));
+ WARN_ON_ONCE(percpu_ref_is_dying(E));
)
