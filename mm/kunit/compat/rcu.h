/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Grace periods
 */
#ifndef _MM_KUNIT_COMPAT_RCU_H
#define _MM_KUNIT_COMPAT_RCU_H

#include <linux/rcupdate.h>

/* What get_state_synchronize_rcu_full() fills in */
#ifndef MMK_HAVE_RCU_GP_SEQ
#define rcu_gp_seq	rcu_gp_oldstate
#endif

#endif /* _MM_KUNIT_COMPAT_RCU_H */
