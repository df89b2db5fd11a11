# SPDX-License-Identifier: GPL-2.0
"""scripts/controls.sh: each outcome of a control, the guards, and kill -9."""

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests import fake
from tests.e2e import support

HEAD = """\
From: mm-testbed developers <mm-testbed@example.org>
Subject: [CONTROL] mm: {what}

Of no use.

Breaks: {breaks}
Lines: 6.12
---
--- a/mm/{file}
+++ b/mm/{file}
"""
# The first lines of mm/migrate_device.c, which every 6.12 has.
CONTEXT = """\
@@ -1,3 +1,{lines} @@
 // SPDX-License-Identifier: GPL-2.0
{added} /*
  * Device Memory Migration functionality.
"""


def patch(what: str, added: str, breaks: str = "MV-2",
          file: str = "migrate_device.c") -> str:
    """A control that adds the line @added at the top of a file."""
    return HEAD.format(what=what, breaks=breaks, file=file) + \
        CONTEXT.format(lines=4, added=f"+{added}\n")


# Says the same to the compiler, on as many lines: WARN_ON() and others note these.
COMMENT = HEAD.format(what="say something else", breaks="MV-2",
                      file="migrate_device.c") + """\
@@ -2,3 +2,3 @@
 /*
- * Device Memory Migration functionality.
+ * Nothing.
  *
"""
# Takes away a report, and changes nothing else that a case could see.
SILENT = HEAD.format(what="be quiet", breaks="ZD-6", file="memremap.c") + """\
@@ -22,6 +22,5 @@
 	int is_ram = region_intersects(pgmap->start, pgmap->end);
\x20
 	if (is_ram != REGION_DISJOINT) {
-		WARN(true, "attempted on ram region");
 		return -EINVAL;
 	}
"""


class Controls(support.FakeCase):
    def repository(self, **controls: str) -> Path:
        """A repository that has @controls and no others."""
        top = fake.lay_out(self.tmp / "copy")
        shutil.rmtree(top / "patches/controls")
        (top / "patches/controls").mkdir()
        for stem, text in controls.items():
            (top / "patches/controls" / f"{stem}.patch").write_text(
                text, encoding="utf-8")
        return top

    def outcomes(self, top: Path, code: int) -> dict[str, Any]:
        """What became of each control of the repository @top."""
        path = self.tmp / "out.json"
        self.expect(code, self.call("--json", str(path),
                                    script=top / "scripts/controls.sh"))
        data = json.loads(path.read_text(encoding="utf-8"))
        self.assertEqual(data["exit_code"], code)
        return {entry["name"]: entry for entry in data["controls"]}

    def test_each_outcome(self) -> None:
        found = self.outcomes(self.repository(
            comment=COMMENT,
            harmless=patch("keep a number", "int mmk_of_no_use = 1;"),
            syntax=patch("say nonsense", "this is no C;"),
            hunk=COMMENT.replace("Device Memory", "No"),
            elsewhere=patch("do not boot", "static void __attribute__((constructor)) "
                            "mmk_no(void) { __builtin_trap(); }", "MV-2")), 1)
        self.assertEqual({name: entry["outcome"] for name, entry in found.items()},
                         {"comment": "changes nothing", "harmless": "survived",
                          "syntax": "does not compile", "hunk": "does not apply",
                          "elsewhere": "killed elsewhere only"})
        self.assertIn("mm/migrate_device.c:2", found["syntax"]["troubles"][0])
        self.assertIn("hunk #1", found["hunk"]["troubles"][0])
        self.clean()

    def test_a_real_one_is_killed(self) -> None:
        top = self.repository()
        shutil.copy(fake.control("mv-2-write-flag-lost"), top / "patches/controls")
        [entry] = self.outcomes(top, 0).values()
        self.assertEqual(entry["outcome"], "killed")
        self.assertIn("MV-2", entry["killed_by"][0]["contracts"])

    def test_a_report_that_no_longer_comes(self) -> None:
        top = self.repository(silent=SILENT)
        shutil.copy(fake.control("zd-6-ram-not-looked-for"), top / "patches/controls")
        for entry in self.outcomes(top, 0).values():
            self.assertEqual(entry["outcome"], "killed")
            self.assertIn("misuse_is_reported",
                          [case["name"] for case in entry["killed_by"]])

    def test_all_are_killed(self) -> None:
        """As they come, twice; then the matrix has something to say."""
        for _ in range(2):
            self.expect(0, self.call(script="controls"), "9 of 9 controls killed")
        self.expect(0, self.call("--matrix", script="controls"), "9 proven",
                    "zone_device_refusal.needs_what_is_not_there", "PASS: ")
        self.clean()

    def test_fail_fast(self) -> None:
        """The first that is not killed ends it; what is left is not tried."""
        top = self.repository(**{f"harmless-{number}": patch(
            "keep a number", f"int mmk_of_no_use_{number} = 1;") for number in range(6)})
        path = self.tmp / "out.json"
        self.expect(1, self.call("controls", "MV-2", "--fail-fast", "--jobs", "1", "--json",
                                 str(path), script=top / "scripts/mmt"), "survived")
        self.assertLess(len(json.loads(path.read_text(encoding="utf-8"))["controls"]), 6)

    def test_no_control_matches(self) -> None:
        self.expect(2, self.call("--filter", "no-such-*", script="controls"),
                    "no control for Linux 6.12 named no-such-*")

    def test_matrix(self) -> None:
        """That of the real suites, which needs no kernel."""
        self.expect(0, support.REAL.call("--matrix", script="controls"), "MW-2", "PASS: ")

    def test_matrix_of_an_empty_claim(self) -> None:
        top = self.repository()
        with open(top / "README.rst", "a", encoding="utf-8") as readme:
            readme.write("\nMW-2  yes\nXX-1  yes\n")
        self.expect(1, self.call("--matrix", script=top / "scripts/controls.sh"),
                    "README.rst claims MW-2, which no control breaks",
                    "README.rst claims XX-1, which Documentation/contracts.rst does "
                    "not have")

    def test_guards(self) -> None:
        text = self.expect(0, self.call("--guards", "--timeout", "2", script="controls"),
                           "PASS: 7 of 7 cases that misbehave are caught; kunit.py alone "
                           "passes 2 of them; 1 not built in")
        self.assertRegex(text, r"(?m)^hangs .* hung .* time limit")
        self.assertRegex(text, r"(?m)^loops .* hung .* time limit")
        self.clean()

    def test_apply(self) -> None:
        """What the source takes is seen, and what it does not; nothing is built."""
        top = self.repository(comment=COMMENT, harmless=patch(
            "keep a number", "int mmk_of_no_use = 1;"))
        path = self.tmp / "out.json"
        text = self.expect(0, self.call("--apply", "--json", str(path),
                                        script=top / "scripts/controls.sh"),
                           "takes 2 of 2 controls, 0 of them function by function",
                           "changes outside of functions")
        self.assertNotIn("building", text)
        data = json.loads(path.read_text(encoding="utf-8"))
        self.assertEqual((data["applied"], data["missed"]), (["comment", "harmless"], {}))
        (top / "patches/controls/harmless.patch").write_text(
            COMMENT.replace("Device Memory", "No"), encoding="utf-8")
        self.expect(1, self.call("--apply", script=top / "scripts/controls.sh"),
                    "FAIL  harmless: ", "hunk #1", "takes 1 of 2 controls")

    def test_guards_and_controls(self) -> None:
        """Nothing of these is built in, so that the guards get a kernel of their own."""
        top, path = self.repository(comment=COMMENT), self.tmp / "out.json"
        self.expect(0, self.call("--guards", "--built-in", "--timeout", "2", "--json",
                                 str(path), script=top / "scripts/controls.sh"),
                    "PASS: 7 of 7 cases that misbehave are caught",
                    "0 of 0 controls killed")
        data = json.loads(path.read_text(encoding="utf-8"))
        self.assertEqual((data["guards"]["caught"], data["controls"]), (7, []))
        self.assertEqual(set(data["without_control"].values()), {"passed", "skipped"})

    def test_one_kernel_that_does_not_build(self) -> None:
        """With --built-in that is the end; else each gets a kernel of its own."""
        self.expect(125, self.call("--built-in", script="controls"),
                    "BROKEN: the kernel does not build")

    def test_a_guard_that_sleeps(self) -> None:
        """What is not caught, or not as it has to be, is a fault."""
        top = self.repository()
        path = top / "mm/kunit/guard_selftest/guard_selftest_kunit.c"
        text = path.read_text(encoding="utf-8")
        path.write_text(text.replace("Guard: passed -", "Guard: failed nothing"),
                        encoding="utf-8")
        self.expect(1, self.call("--guards", "--timeout", "2",
                                 script=top / "scripts/controls.sh"),
                    "guard_selftest.behaves: passed instead of failed", "FAIL: ")


class Kill(support.FakeCase):
    """With kill -9 at any moment, nothing is left behind."""

    def kill(self, *words: str) -> None:
        """Kill the command @words 20 times."""
        tool = Path(__file__).resolve().parents[1] / "kill9.py"
        done = subprocess.run([sys.executable, str(tool), *words], check=False,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                              env=self.world.environment())
        self.assertEqual(done.returncode, 0, done.stdout)

    def test_run(self) -> None:
        self.kill(str(self.world.script()))

    def test_controls(self) -> None:
        self.kill(str(self.world.script("controls")))
