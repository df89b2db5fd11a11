# SPDX-License-Identifier: GPL-2.0
"""An ordinary boot: the only process is a program of ours, which says what it sees.

The cases run in the kernel and ask for page faults; here a process takes them, and the host
maps what the page tables say.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Mapping, Optional, Sequence

from ..errors import HostError
from ..host import confine, proc
from ..kernel import tree
from ..model.outcomes import Trouble
from ..model.repository import REPOSITORY
from . import guards, ktap, uml
from .uml import How, Next

SOURCE = REPOSITORY / "tools" / "userspace" / "init.c"
_NAME = re.compile(r'^\t\{ "(\w+)", check_\1 \},$', re.MULTILINE)
_LINE = re.compile(r"userspace: (?:(ok|not ok) (\w+)(?:: (.*))?|(done))$")


def names() -> list[str]:
    """What the program checks, by name."""
    return _NAME.findall(SOURCE.read_text(encoding="utf-8"))


def build(root: Path) -> None:
    """Make the folder @root a file system with the program in it.  Raises HostError."""
    (root / "mnt").mkdir(parents=True)
    done = proc.run(["gcc", "-static", "-O1", "-o", str(root / "init"), str(SOURCE)])
    if done.code:
        raise HostError("tools/userspace/init.c does not compile; is libc6-dev installed?",
                        done.output.splitlines()[-5:])


@dataclass
class Seen:
    """What a boot has said.

    @checks: why each check failed, "" if it did not.
    @done: the program has come to its end.
    @last: the last line that was not empty.
    """

    checks: dict[str, str] = field(default_factory=dict)
    done: bool = False
    last: str = ""
    _scanner: guards.Scanner = field(default_factory=guards.Scanner)

    def read(self, raw: str) -> Next:
        """Take in one line of the console."""
        text = tree.plain(ktap.clean(raw))
        self._scanner.feed(text)
        self.last = text.strip() or self.last
        match = _LINE.search(text)
        if not match:
            return Next.GO
        word, name, why, done = match.groups()
        if done:
            self.done = True
        else:
            self.checks[name] = "" if word == "ok" else why or "no reason"
        return Next.PROGRESS

    def troubles(self, wanted: Sequence[str], ending: uml.Ending) -> list[Trouble]:
        """What is wrong, if @wanted are all that it has to check."""
        found = [Trouble(f"user space: {name}: {why}")
                 for name, why in self.checks.items() if why]
        missing = [name for name in wanted if name not in self.checks]
        if missing:
            how = "hung" if ending.how is How.HUNG else "ended"
            found.append(Trouble(f"user space: the boot {how} before {', '.join(missing)}; the "
                                 f"last that was said: {self.last or 'nothing'}"))
        elif not self.done:
            found.append(Trouble("user space: the program did not come to its end"))
        if self._scanner.pending():
            splats = self._scanner.take()
            found.append(Trouble(f"user space: {splats[0].title}", splats))
        return found


def check(kernel: Path, folder: Path, args: Sequence[str], timeout: float,
          env: Optional[Mapping[str, str]] = None) -> tuple[list[str], list[Trouble]]:
    """Boot @kernel with the program as its init, in @folder, which kernels can write to.

    @args: for its command line.  @timeout: seconds without a check after which it hangs.
    @env: what the kernel finds in its environment, beside the usual.
    Returns the checks that passed, and what is wrong.  Raises HostError.
    """
    root = folder / "root"
    build(root)
    confine.give(root)
    line = [str(kernel), *args, "kunit.enable=0", "mem=256M", "console=tty",
            "root=host", "rootfstype=hostfs", f"rootflags={root}", "ro", "init=/init",
            "printk.devkmsg=on", f"uml_dir={folder}/"]
    seen = Seen()
    ending = uml.boot(line, folder, timeout, seen.read, env)
    troubles = seen.troubles(names(), ending)
    return [name for name, why in seen.checks.items() if not why], troubles
