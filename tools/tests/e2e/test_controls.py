# SPDX-License-Identifier: GPL-2.0
"""scripts/controls.sh: each outcome of a control, the guards, and kill -9."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests import support as basics
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


class Controls(support.RunCase):
    def repository(self, **controls: str) -> Path:
        """A copy of this repository that has @controls and no others."""
        top = self.tmp / "copy"
        for name in ("mm", "tools", "scripts", "patches", "Documentation"):
            shutil.copytree(support.TOP / name, top / name,
                            ignore=shutil.ignore_patterns("__pycache__"))
        for name in (".kunitconfig", "README.rst"):
            shutil.copy(support.TOP / name, top)
        shutil.rmtree(top / "patches/controls")
        (top / "patches/controls").mkdir()
        for stem, text in controls.items():
            (top / "patches/controls" / f"{stem}.patch").write_text(
                text, encoding="utf-8")
        return top

    def outcomes(self, top: Path, code: int) -> dict[str, Any]:
        """What became of each control of the repository @top."""
        path = self.tmp / "out.json"
        self.expect(code, support.call("--json", str(path),
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
        real = sorted((support.TOP / "patches/controls").glob("mv-2-*.patch"))[0]
        shutil.copy(real, top / "patches/controls")
        [entry] = self.outcomes(top, 0).values()
        self.assertEqual(entry["outcome"], "killed")
        self.assertIn("MV-2", entry["killed_by"][0]["contracts"])

    def test_a_report_that_no_longer_comes(self) -> None:
        top = self.repository()
        shutil.copy(support.TOP / "patches/controls/zd-6-ram-not-looked-for.patch",
                    top / "patches/controls")
        [entry] = self.outcomes(top, 0).values()
        self.assertEqual(entry["outcome"], "killed")
        self.assertIn("misused_memremap_pages_warns_and_refuses",
                      [case["name"] for case in entry["killed_by"]])

    def test_no_control_matches(self) -> None:
        script = support.TOP / "scripts/controls.sh"
        self.expect(2, support.call("--filter", "no-such-*", script=script),
                    "no control for Linux 6.12 named no-such-*")

    def test_matrix(self) -> None:
        script = support.TOP / "scripts/controls.sh"
        self.expect(0, support.call("--matrix", script=script), "MW-2", "PASS: ")

    def test_matrix_of_an_empty_claim(self) -> None:
        top = self.repository()
        with open(top / "README.rst", "a", encoding="utf-8") as readme:
            readme.write("\nMW-2  yes\nXX-1  yes\n")
        self.expect(1, support.call("--matrix", script=top / "scripts/controls.sh"),
                    "README.rst claims MW-2, which no control breaks",
                    "README.rst claims XX-1, which Documentation/contracts.rst does "
                    "not have")

    def test_guards(self) -> None:
        script = support.TOP / "scripts/controls.sh"
        self.expect(0, support.call("--guards", script=script),
                    "PASS: ", "are caught")
        self.clean()


class Kill(basics.TempCase):
    def kill(self, *words: str) -> None:
        """Kill the command @words 20 times."""
        tool = Path(__file__).resolve().parents[1] / "kill9.py"
        done = subprocess.run([sys.executable, str(tool), *words], check=False,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                              env={**os.environ, "MMTB_CACHE": str(support.cache())})
        self.assertEqual(done.returncode, 0, done.stdout)

    def test_run(self) -> None:
        self.kill(str(support.RUN), support.ONE)

    def test_controls(self) -> None:
        self.kill(str(support.TOP / "scripts/controls.sh"), "--filter", "mv-2-*")
