/* SPDX-License-Identifier: GPL-2.0 */
#define WIDE 1

int migrate(void);
int a_case(void);
int in_lib(void);
