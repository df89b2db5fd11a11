# SPDX-License-Identifier: GPL-2.0
"""Prepare, build, boot and judge the mm/kunit suites on User-Mode Linux."""

import signal as _signal

# scripts/python.sh has SIGINT blocked until here: what came while Python started
# ends us now, by the signal itself and without a traceback.
if _signal.SIGINT in _signal.pthread_sigmask(_signal.SIG_BLOCK, ()):
    _signal.signal(_signal.SIGINT, _signal.SIG_DFL)
    _signal.pthread_sigmask(_signal.SIG_UNBLOCK, (_signal.SIGINT,))
