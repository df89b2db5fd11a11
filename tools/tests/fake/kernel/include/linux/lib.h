/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _LINUX_LIB_H
#define _LINUX_LIB_H

/* What the fake kernel has for printk(), WARN(), locks and tasks. */
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))
#define __used __attribute__((used))
#define BIT(nr) (1UL << (nr))

#define EFAULT 14
#define EBUSY 16
#define EINVAL 22
#define ENOMEM 12

extern const char *saved_command_line;

void printk(const char *format, ...) __attribute__((format(printf, 1, 2)));
void warn_slowpath(const char *file, int line, const char *function,
		   const char *what);
void panic(const char *what) __attribute__((noreturn));
bool glob_match(const char *pattern, const char *text);
const char *param(const char *name);
void add_params(char *line);
void snapshot(void);

/* This is a child, of which there may be others. */
extern bool snapshot_child;

#define WARN_ON(condition) ({						\
	bool bad_ = (condition);					\
									\
	if (bad_)							\
		warn_slowpath(__FILE__, __LINE__, __func__, "");	\
	bad_;								\
})

#define WARN(condition, what) ({					\
	bool bad_ = (condition);					\
									\
	if (bad_)							\
		warn_slowpath(__FILE__, __LINE__, __func__, what);	\
	bad_;								\
})

#define BUG_ON(condition) do {						\
	if (condition)							\
		__builtin_trap();					\
} while (0)

/**
 * struct lock - A lock, and when it was taken and dropped
 * @held: whether it is held
 * @locked: the number of the event that took it last, 0 if none has
 * @unlocked: the number of the event that dropped it last
 *
 * There is one task only: what counts is the order.
 */
struct lock {
	bool held;
	int locked;
	int unlocked;
};

extern int lock_events;

void lock_take(struct lock *lock);
void lock_drop(struct lock *lock);

#endif
