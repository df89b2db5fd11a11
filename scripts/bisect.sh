#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Find the first commit at which a case fails: see --help.
# The work is done by tools/mmtestbed/cli/bisect.py.

here=$(CDPATH='' cd -- "$(dirname -- "$(readlink -f -- "$0")")/.." && pwd) || exit 125
# shellcheck source=scripts/python.sh
. "$here/scripts/python.sh"
exec_module mmtestbed.cli.bisect "$@"
