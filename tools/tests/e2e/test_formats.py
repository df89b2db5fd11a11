# SPDX-License-Identifier: GPL-2.0
"""What others read: kunit.py's own parser reads our KTAP."""

import json
import re
import subprocess
import sys
from pathlib import Path

from mmtestbed.model import lines

from tests import fake
from tests.e2e import support

# The last line of kunit.py parse, without its time: what it has counted.
_RAN = re.compile(r"Testing complete\. Ran (\d+) tests: (.*)$", re.MULTILINE)


class Ktap(support.FakeCase):
    """The kernel is a fake; kunit.py is that of Linux."""

    def parsed(self, ktap: Path, line: lines.Line) -> tuple[int, dict[str, int], str]:
        """(exit code, tests by outcome, all of it) by kunit.py parse of @line."""
        tree = support.pristine(line)
        done = subprocess.run(
            [sys.executable, str(tree / "tools/testing/kunit/kunit.py"), "parse", str(ktap)],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
            env={**self.world.environment(), "PYTHONDONTWRITEBYTECODE": "1"})
        match = _RAN.search(done.stdout)
        assert match, done.stdout
        counts = {word: int(number) for word, number in re.findall(r"(\w+): (\d+)", match[2])}
        return done.returncode, counts, done.stdout

    def check(self, code: int, *words: str) -> str:
        """A run with @words ends with @code, and kunit.py sees in its KTAP what the JSON has;
        what kunit.py says."""
        ktap, out = self.tmp / "x.ktap", self.tmp / "x.json"
        self.expect(code, self.call(*words, "--ktap", str(ktap), "--json", str(out)))
        counts = json.loads(out.read_text("utf-8"))["counts"]
        said = ""
        for line in (lines.DEFAULT, lines.by_name("7.x")):
            with self.subTest(line.name):
                status, found, said = self.parsed(ktap, line)
                self.assertNotIn("[ERROR]", said)
                self.assertEqual(status, code, said)
                self.assertEqual(
                    {key: number for key, number in found.items() if number},
                    {key: number for key, number in {
                        "passed": counts["passed"], "failed": sum(counts[key] for key in (
                            "failed", "crashed", "hung", "missing")),
                        "skipped": counts["skipped"] + counts["known"]}.items() if number})
        return said

    def test_passes(self) -> None:
        """With a known bug and a case that is skipped."""
        self.assertIn("[SKIPPED] needs_what_is_not_there", self.check(0))

    def test_fails(self) -> None:
        said = self.check(1, "--with", str(fake.control("mw-2-waiter-keeps-page-ref")))
        self.assertIn("[FAILED] waiter_holds_no_reference", said)
        self.assertRegex(said, r"mm/kunit/migration_wait_kunit\.c:\d+: failed: EXPECTATION")
