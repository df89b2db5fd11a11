// SPDX-License-Identifier: GPL-2.0
/*
 * Priorities: how one task runs between two steps of another.
 */
#include "../../../kernel/sched/sched.h"
#include "sched.h"

/**
 * mmk_tasks_prepare() - Let no ordinary task run before a SCHED_FIFO task
 *
 * The scheduler's fair server lets ordinary tasks run before real-time tasks
 * for a few milliseconds a second, lest they starve. A real-time task that a
 * case wakes between two steps of another task would then run too late.
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
			/* A server without a runtime is not started again. */
			dl_server_apply_params(server, 0, server->dl_period, 0);
		}
	}
}
