#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Put one bug after the other into the kernel and see the cases fail: see --help.
# The work is done by tools/mmtestbed/cli/control_run.py.

here=$(CDPATH='' cd -- "$(dirname -- "$(readlink -f -- "$0")")/.." && pwd) || exit 125
# shellcheck source=scripts/python.sh
. "$here/scripts/python.sh"
exec_module mmtestbed.cli.control_run "$@"
