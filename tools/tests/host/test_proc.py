# SPDX-License-Identifier: GPL-2.0
"""Commands: once we have been told to stop, no thread starts another."""

import subprocess
import sys

from tests import support

# A thread goes from command to command; the main thread stops it all.
SCRIPT = """
import threading
from mmtestbed.errors import Interrupted
from mmtestbed.host import proc
going = threading.Event()
ended = []
def work():
    try:
        while True:
            going.set()
            proc.run(["sleep", "1000"])
            ended.append(1)
    except Interrupted:
        print(len(ended), flush=True)
thread = threading.Thread(target=work)
thread.start()
going.wait()
while not proc._alive:
    pass
proc.kill_all()
thread.join(20)
print(thread.is_alive(), flush=True)
"""

# A signal comes while we hold a lock that the pool's threads need to go on.
HELD = """
import threading
from mmtestbed.errors import Interrupted
from mmtestbed.host import proc
proc.GRACE = 0.5
lock = threading.Lock()
lock.acquire()
waiting = threading.Event()
def work():
    waiting.set()
    with lock:
        pass
try:
    with proc.threads(2) as pool:
        pool.submit(work)
        pool.submit(work)
        cancelled = pool.submit(work)
        waiting.wait()
        raise Interrupted(15)
except Interrupted:
    print(cancelled.cancelled(), flush=True)
    lock.release()
"""


class Stop(support.TempCase):
    def test_nothing_more_is_started(self) -> None:
        self.assertEqual(self.said(SCRIPT), ["1", "False"])

    def test_threads_that_cannot_end_are_left_behind(self) -> None:
        self.assertEqual(self.said(HELD), ["True"])

    def said(self, script: str) -> list[str]:
        """The words that @script prints."""
        done = subprocess.run([sys.executable, "-c", script], capture_output=True,
                              text=True, timeout=60, check=False)
        self.assertEqual(done.stderr, "")
        return done.stdout.split()
