#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# One step of a bisection, for git bisect run: see --help.
# The work is done by tools/mmtestbed/cli/bisect_step.py.

# git takes 125 for a commit to be skipped; without the tools, none can be judged.
here=$(CDPATH='' cd -- "$(dirname -- "$(readlink -f -- "$0")")/.." && pwd) || exit 255
for file in scripts/python.sh tools/mmtestbed/cli/bisect_step.py; do
	if ! [ -f "$here/$file" ]; then
		echo "mm-testbed: $here/$file is missing; restore it from git" >&2
		exit 255
	fi
done
cannot=255
# shellcheck source=scripts/python.sh
. "$here/scripts/python.sh"
exec_module mmtestbed.cli.bisect_step "$@"
