#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Build a kernel with the mm/kunit suites, boot it, judge it: see --help.
# The work is done by tools/mmtestbed/cli/run.py.

here=$(CDPATH='' cd -- "$(dirname -- "$(readlink -f -- "$0")")/.." && pwd) || exit 125
# shellcheck source=scripts/python.sh
. "$here/scripts/python.sh"
exec_module mmtestbed.cli.run "$@"
