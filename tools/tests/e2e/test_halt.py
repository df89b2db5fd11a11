# SPDX-License-Identifier: GPL-2.0
"""A kernel that has halted takes no signal, and hands none on to the next one.

Red without the patch "um: let no signal reach a kernel that has halted": both end
with SIGABRT then.
"""

import os
import re
import subprocess
from pathlib import Path
from typing import Optional

from tests.e2e import support
from tests.e2e.support import ONE, call

_HERE = Path(__file__).resolve().parent
# A boot that lists the cases takes a second.
_PATIENCE = 120


class Halt(support.RunCase):
    _kernel: Optional[Path] = None

    def kernel(self) -> Path:
        """The kernel that the cases run on."""
        if Halt._kernel is None:
            text = self.expect(0, call(ONE, "--keep"), "kept the kernel")
            match = re.search(r"kept the kernel and the logs in (.*)", text)
            assert match
            Halt._kernel = Path(match.group(1)) / "linux"
        return Halt._kernel

    def boot(self, shutdown: str) -> "subprocess.Popen[str]":
        """Start the kernel with a tick pending when it ends, to list its cases."""
        preload = self.tmp / "late_tick.so"
        subprocess.run(["gcc", "-shared", "-fPIC", "-o", str(preload),
                        str(_HERE / "late_tick.c")], check=True)
        kernel = self.kernel()
        return subprocess.Popen(
            ["setarch", "-R", str(kernel), "kunit.enable=1", "kunit.action=list",
             "mem=1G", "console=tty", f"kunit_shutdown={shutdown}",
             f"uml_dir={self.tmp}/"],
            cwd=self.tmp, env={**os.environ, "LD_PRELOAD": str(preload),
                               "TMPDIR": str(self.tmp)},
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True, errors="backslashreplace")

    def test_tick_that_is_pending_at_the_halt(self) -> None:
        process = self.boot("halt")
        try:
            text, _ = process.communicate(timeout=_PATIENCE)
        finally:
            process.kill()
        self.assertIn("reboot: System halted", text)
        self.assertEqual(process.returncode, 0, text)

    def test_tick_that_is_pending_at_a_reboot(self) -> None:
        """The kernel that is executed then comes up: its first line is there twice."""
        process = self.boot("reboot")
        assert process.stdout
        boots = 0
        text = ""
        try:
            for line in process.stdout:
                text += line
                boots += "Linux version " in line
                if boots == 2:
                    break
        finally:
            process.kill()
            process.wait()
            process.stdout.close()
        self.assertEqual(boots, 2, text)
