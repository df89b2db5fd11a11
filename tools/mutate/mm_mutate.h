/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What mutate.c puts into a file uses this: mm_mut(N) is true for the one mutant
 * that the kernel was booted with.
 */
#ifndef _MM_MUTATE_H
#define _MM_MUTATE_H

#include <linux/types.h>

#define MM_MUTANTS	16384

/* The changed code is not for people to read. */
#pragma GCC diagnostic ignored "-Wdangling-else"
#pragma GCC diagnostic ignored "-Wimplicit-fallthrough"

extern unsigned int mm_mutant;
extern u8 mm_mutant_reached[MM_MUTANTS];

/* Section .mm_mutants names those that the compiler has not dropped as dead code. */
static __always_inline bool mm_mut(const unsigned int n)
{
	asm volatile(".pushsection .mm_mutants, \"\", @progbits\n\t"
		     ".long %c0\n\t"
		     ".popsection" : : "i" (n));
	mm_mutant_reached[n] = 1;
	return mm_mutant == n;
}

/*
 * The compiler may know the value, and may have to, or what must not be built is:
 * leave it alone then.
 */
#define mm_mut_const(may_be, x)	((may_be) && __builtin_constant_p(x))

#define mm_mut_cond(may_be, n, c)					\
({									\
	bool __c##n = !!(c);						\
									\
	mm_mut_const(may_be, __c##n) ? __c##n : __c##n != mm_mut(n);	\
})

/* l && r, or l || r in mutant n; and the other way round */
#define mm_mut_and_const(n, l, r)					\
({									\
	bool __l##n = !!(l);						\
									\
	mm_mut_const(1, __l##n) ? __l##n && (r) :			\
	__l##n != mm_mut(n) ? !!(r) : __l##n;				\
})

#define mm_mut_or_const(n, l, r)					\
({									\
	bool __l##n = !!(l);						\
									\
	mm_mut_const(1, __l##n) ? __l##n || (r) :			\
	__l##n == mm_mut(n) ? !!(r) : __l##n;				\
})

#define mm_mut_and(n, l, r)						\
({									\
	bool __l##n = !!(l);						\
									\
	__l##n != mm_mut(n) ? !!(r) : __l##n;				\
})

#define mm_mut_or(n, l, r)						\
({									\
	bool __l##n = !!(l);						\
									\
	__l##n == mm_mut(n) ? !!(r) : __l##n;				\
})

/* No loop around it: the statement may be a break. */
#define mm_mut_stmt(n, ...)						\
	if (!mm_mut(n)) {						\
		__VA_ARGS__;						\
	} else								\
		do { } while (0)

#endif /* _MM_MUTATE_H */
