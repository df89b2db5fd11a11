// SPDX-License-Identifier: GPL-2.0
/*
 * Priorities: what lets one task come in between two steps of another.
 */
#include "../../../kernel/sched/sched.h"
#include "sched.h"

/**
 * mmk_tasks_prepare() - Let SCHED_FIFO mean what it says
 *
 * The scheduler lends ordinary tasks a priority above all real-time ones for a
 * few milliseconds a second, lest they starve. A task that is to come in between
 * two steps of another does not, if it is woken just then.
 */
void mmk_tasks_prepare(void)
{
	struct sched_dl_entity *server;
	int cpu;

	for_each_online_cpu(cpu) {
		server = &cpu_rq(cpu)->fair_server;
		scoped_guard(rq_lock_irqsave, cpu_rq(cpu)) {
			update_rq_clock(cpu_rq(cpu));
			dl_server_stop(server);
			/* Without a runtime it is not started again. */
			dl_server_apply_params(server, 0, server->dl_period, 0);
		}
	}
}
