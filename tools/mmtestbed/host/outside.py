# SPDX-License-Identifier: GPL-2.0
"""A process of ours that keeps the network, for what turns out to be missing later.

A run gives up the network before it meets foreign code.  What it may have to fetch in
spite of that is fetched by a process that has been forked before, which nobody but the
run itself can talk to.
"""

from __future__ import annotations

import os
import pickle
import signal
import threading
from typing import Any, Callable, Optional

from ..errors import HostError, TestbedError
from . import ns

# Does what is asked for; may raise TestbedError.
Serve = Callable[[str], Any]


class Outside:
    """Answers by @serve, in a process of its own.  Make it before there are threads."""

    def __init__(self, serve: Serve) -> None:
        self._mutex = threading.Lock()
        questions, self._ask = os.pipe()
        self._answers, answers = os.pipe()
        self._pid = os.fork()
        if self._pid == 0:
            ns.die_with_parent()
            for signum in ns.FORWARDED:
                signal.signal(signum, signal.SIG_IGN)
            os.close(self._ask)
            os.close(self._answers)
            try:
                _serve(serve, questions, answers)
            finally:
                os._exit(0)
        os.close(questions)
        os.close(answers)

    def ask(self, what: str) -> Any:
        """What it answers to @what.  Raises the TestbedError that it raises."""
        with self._mutex:
            os.write(self._ask, what.encode() + b"\n")
            data = b""
            while not data.endswith(_END):
                part = os.read(self._answers, 65536)
                if not part:
                    raise HostError(f"the process that fetches {what} has died; try again")
                data += part
        result, error = pickle.loads(data[:-len(_END)])
        if error is not None:
            raise error
        return result

    def close(self) -> None:
        """End it."""
        for fd in (self._ask, self._answers):
            os.close(fd)
        os.waitpid(self._pid, 0)


_END = b"\0end of answer\n"


def _serve(serve: Serve, questions: int, answers: int) -> None:
    with os.fdopen(questions, encoding="utf-8") as lines:
        for line in lines:
            error: Optional[TestbedError] = None
            result: Any = None
            try:
                result = serve(line.rstrip("\n"))
            except TestbedError as err:
                error = err
            data = pickle.dumps((result, error)) + _END
            while data:
                data = data[os.write(answers, data):]
