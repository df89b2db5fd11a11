# SPDX-License-Identifier: GPL-2.0
"""An editor goes to the assertion that failed: vim, without a screen."""

import re
import shutil
from pathlib import Path

from tests import fake, recipes, support as units
from tests.e2e import support
from tests.e2e.test_watch import Watched

# What vim says of where it is, for each entry of its list: file:line:text of the line.
_WHERE = ("-c 'for each in range(1, len(getqflist())) | exe \"cc \" . each | "
          "call writefile([expand(\"%:p\") . \":\" . line(\".\") . \":\" . getline(\".\")], "
          "\"{out}\", \"a\") | endfor' -c 'qa!'")


class Vim(support.FakeCase):
    def setUp(self) -> None:
        super().setUp()
        if not shutil.which("vim") or "+quickfix" not in units.check("vim", "--version"):
            self.skipTest("vim is not installed, or has no quickfix (Debian's vim-tiny)")
        self.tree = fake.plant(self.tmp / "linux")
        self.errors = self.tmp / "errors"

    def jumps(self, command: str) -> list[tuple[Path, int, str]]:
        """Where vim goes: (file, line, what stands there), by the words @command of a shell."""
        out = self.tmp / "where"
        quiet = command.replace("vim ", f"vim -es -N -u NONE -i NONE --cmd 'cd {self.world.top}' ",
                                1)
        code, said = recipes.run(f"{quiet} {_WHERE.format(out=out)}", self.tmp, {}, seconds=60)
        self.assertEqual(code, 0, said)
        found = []
        for line in out.read_text(encoding="utf-8").splitlines():
            file, number, text = line.split(":", 2)
            found.append((Path(file), int(number), text.strip()))
        return found

    def break_it(self) -> None:
        """Let waiters for a migration be killed, which MW-8 does not allow."""
        file = self.tree / "mm/filemap.c"
        new = file.with_name("filemap.c.new~")
        new.write_text(file.read_text(encoding="utf-8").replace(
            "set_current_state(TASK_UNINTERRUPTIBLE)", "set_current_state(TASK_KILLABLE)"),
            encoding="utf-8")
        new.rename(file)

    def check(self, jumps: list[tuple[Path, int, str]]) -> None:
        """They go to the one assertion that fails."""
        [(file, number, text)] = jumps
        source = self.world.top / "mm/kunit/migration_wait_kunit.c"
        self.assertEqual(file, source)
        self.assertRegex(text, r"^KUNIT_(EXPECT|ASSERT)_")
        lines = source.read_text(encoding="utf-8").splitlines()
        self.assertEqual(lines[number - 1].strip(), text)
        begins = [line for line in lines[:number] if line.startswith("static void ")]
        self.assertIn("wait_is_not_killable(", begins[-1])

    def test_watch(self) -> None:
        """By the file that mmt watch --errors writes, as the document says."""
        watched = Watched(self.world, "--kdir", str(self.tree), "--no-install", "--errors",
                          str(self.errors))
        self.addCleanup(watched.stop)
        at = watched.until(r"since the save\)")
        self.break_it()
        watched.until(r"FAIL: .*since the save\)", at)
        command = recipes.recipe("run.rst", "vim").replace("/tmp/errors", str(self.errors))
        self.check(self.jumps(command.strip()))

    def test_run(self) -> None:
        """By what a run prints, as :make would take it."""
        self.break_it()
        called = self.call("migration_wait*", kdir=self.tree)
        self.expect(1, called)
        where = [line for line in called.text.splitlines()
                 if re.match(r"mm/kunit/\S+:\d+: ", line)]
        self.errors.write_text("\n".join(where) + "\n", encoding="utf-8")
        self.check(self.jumps(f"vim -q {self.errors}"))
