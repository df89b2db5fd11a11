# SPDX-License-Identifier: GPL-2.0
"""Commands: once we have been told to stop, no thread starts another."""

import subprocess
import sys

from tests import support

# A thread goes from command to command; the main thread stops it all.
SCRIPT = """
import threading
from mmtestbed import proc
from mmtestbed.errors import Interrupted
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


class Stop(support.TempCase):
    def test_nothing_more_is_started(self) -> None:
        done = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True,
                              text=True, timeout=60, check=False)
        self.assertEqual(done.stderr, "")
        self.assertEqual(done.stdout.split(), ["1", "False"])
