#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# One step of a bisection, for git bisect run: see --help.
mmt=$(dirname -- "$(readlink -f -- "$0")")/mmt
# 255 is what git bisect run gives up at; sh says 127 of what is not there.
[ -x "$mmt" ] || { echo "mm-testbed: $mmt is missing; restore it from git" >&2; exit 255; }
exec "$mmt" bisect-step.sh "$@"
