# SPDX-License-Identifier: GPL-2.0
"""Variants of a built kernel: a pretended one, made by a Makefile of six lines."""

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests import support

# ccache may be absent: the pretended kernel is made by cat.
MAKEFILE = """\
linux: $(O)/linux
$(O)/linux: mm/a.c mm/b.c $(O)/.config
\t@grep -q broken mm/a.c && { echo "mm/a.c:1:1: error: broken" >&2; exit 1; }; \\
\t cat mm/a.c $(O)/.config > $@
olddefconfig:
\t@grep -v CONFIG_UNKNOWN $(O)/.config > $(O)/.new; mv $(O)/.new $(O)/.config
"""

# Builds the base, then variants in two threads; prints what each saw, as JSON.
SCRIPT = """
import concurrent.futures, json, subprocess, sys
from pathlib import Path
from mmtestbed.errors import TestbedError
from mmtestbed.host import ns
from mmtestbed.kernel import build, offshoots, planning, source, tree
from mmtestbed.model import lines
from mmtestbed.ui.console import Console
top = Path(sys.argv[1])

def variant(base, name, patch, config):
    try:
        with offshoots.opened(base, top / "run" / name) as one:
            if patch:
                one.apply([top / patch])
            sha = one.make(config)
            return [sha != base.sha, one.kernel.read_text()]
    except offshoots.NoEffect as err:
        return ["no effect", err.message]
    except TestbedError as err:
        return ["error", err.message]

def work(isolation):
    if not isolation.mounts:
        print("null", flush=True)
        return 0
    for name in ("lower", "src", "build", "run"):
        (top / "cache/mnt" / name).mkdir(parents=True)
    state = top / "state"
    state.mkdir()
    (top / "run").mkdir()
    ns.tmpfs(top / "run")
    origin = source.Source(top / "kdir", lines.DEFAULT, "6.12.1", "t", "t", True)
    places = tree.choose_places(top / "cache", state, True, top / "run")
    base_tree = tree.WorkTree(origin, places, isolation, None, Console(sys.stderr))
    plan = planning.Plan((top / "none",), 1, (), top / "ccache")
    with base_tree.mounted():
        (places.build / ".config").write_text("CONFIG_A=y\\n")
        subprocess.run(["make", "-s", "linux", f"O={places.build}"], cwd=places.src,
                       check=True)
        base = offshoots.Base(base_tree, plan, build.sha256(places.build / "linux"))
    jobs = [("good", "good.patch", None), ("other", "other.patch", None),
            ("same", None, None), ("comment", "b.patch", None),
            ("hunk", "hunk.patch", None), ("broken", "broken.patch", None),
            ("config", None, {"CONFIG_A": "n", "CONFIG_B": "y"}),
            ("unknown", None, {"CONFIG_UNKNOWN": "y"}),
            ("twice", "good.patch", None)]
    with concurrent.futures.ThreadPoolExecutor(
            2, initializer=offshoots.own_mounts) as pool:
        found = dict(zip((job[0] for job in jobs),
                         pool.map(lambda job: variant(base, *job), jobs)))
    found["base"] = (state / "build/linux").read_text()
    found["left"] = [str(p) for p in (top / "run").glob("*/variant")]
    print(json.dumps(found), flush=True)
    return 0

sys.exit(ns.run(work))
"""


def patch(file: str, old: str, new: str) -> str:
    """A patch that changes the one line of @file."""
    return f"--- a/{file}\n+++ b/{file}\n@@ -1 +1 @@\n-{old}\n+{new}\n"


class Variants(support.TempCase):
    def setUp(self) -> None:
        super().setUp()
        self.write("kdir/Makefile", MAKEFILE)
        self.write("kdir/mm/a.c", "one\n")
        self.write("kdir/mm/b.c", "b\n")
        self.write("good.patch", patch("mm/a.c", "one", "two"))
        self.write("other.patch", patch("mm/a.c", "one", "three"))
        self.write("b.patch", patch("mm/b.c", "b", "/* b */"))
        self.write("hunk.patch", patch("mm/a.c", "zero", "two"))
        self.write("broken.patch", patch("mm/a.c", "one", "broken"))

    def test_each_is_itself_and_the_base_stays(self) -> None:
        done = subprocess.run([sys.executable, "-c", SCRIPT, str(self.tmp)],
                              stdout=subprocess.PIPE, text=True, check=False)
        self.assertEqual(done.returncode, 0)
        found: "dict[str, Any] | None" = json.loads(done.stdout)
        if found is None:
            self.skipTest("the host allows no mounts")
        self.assertEqual(found["good"], [True, "two\nCONFIG_A=y\n"])
        self.assertEqual(found["other"], [True, "three\nCONFIG_A=y\n"])
        self.assertEqual(found["twice"], found["good"])
        self.assertEqual(found["same"][0], "no effect")
        self.assertEqual(found["comment"][0], "no effect")
        self.assertEqual(found["hunk"][0], "error")
        self.assertIn("hunk #1 at line 1 of mm/a.c", found["hunk"][1])
        self.assertEqual(found["broken"][0], "error")
        self.assertIn("mm/a.c:1:1: error: broken", found["broken"][1])
        self.assertEqual(found["config"],
                         [True, "one\n# CONFIG_A is not set\nCONFIG_B=y\n"])
        self.assertEqual(found["unknown"],
                         ["error", "the tree cannot have CONFIG_UNKNOWN=y"])
        self.assertEqual(found["base"], "one\nCONFIG_A=y\n")
        self.assertEqual(found["left"], [])


# Builds tests/mini and variants of it; prints what each came to, as JSON.
EDITS = """
import json, subprocess, sys
from pathlib import Path
from mmtestbed.host import ns
from mmtestbed.kernel import build, offshoots, planning, source, tree
from mmtestbed.model import lines
from mmtestbed.ui.console import Console
top = Path(sys.argv[1])
looks = []

class Offshoot(offshoots.Offshoot):
    def _run(self, *targets, **words):
        looks.append(1)
        super()._run(*targets, **words)

offshoots.Offshoot = Offshoot

def work(isolation):
    if not isolation.mounts:
        print("null", flush=True)
        return 0
    for name in ("lower", "src", "build", "run"):
        (top / "cache/mnt" / name).mkdir(parents=True)
    (top / "state").mkdir()
    (top / "run").mkdir()
    ns.tmpfs(top / "run")
    origin = source.Source(top / "kdir", lines.DEFAULT, "6.12", "t", "t", True)
    places = tree.choose_places(top / "cache", top / "state", True, top / "run")
    console = Console(sys.stderr)
    base_tree = tree.WorkTree(origin, places, isolation, None, console)
    plan = planning.Plan((top / "config",), 1, (), top / "ccache")
    with base_tree.mounted():
        built = build.Builder(base_tree, plan, console).kernel({})
    base = offshoots.Base(base_tree, plan, built.sha, built.inputs)
    offshoots.own_mounts()
    found = {}
    for number, (name, kind) in enumerate(json.loads(sys.argv[2])):
        looks.clear()
        with offshoots.opened(base, top / "run" / str(number)) as one:
            if kind == "patch":
                one.apply([top / name])
            else:
                one.edit(name, lambda old: old + b"ccflags-y += -DMORE=4\\n")
            sha = one.make()
            assert sha == build.sha256(one.kernel)
            found[name] = [subprocess.run([one.kernel], capture_output=True, text=True,
                                          check=True).stdout.split()[:2], len(looks)]
    print(json.dumps(found), flush=True)
    return 0

sys.exit(ns.run(work))
"""


class Edits(support.TempCase):
    """What one patch changes is all that is built, if that is sure."""

    def test_all(self) -> None:
        shutil.copytree(Path(__file__).parents[1] / "mini", self.tmp / "kdir")
        self.write("config", "CONFIG_DEFAULT=1\n")
        self.write("source.patch", patch("mm/migrate.c", "\treturn 1 + INTERNAL + MORE;",
                                         "\treturn 7 + INTERNAL + MORE;"))
        self.write("header.patch", patch("mm/internal.h", "#define INTERNAL 0",
                                         "#define INTERNAL 2"))
        self.write("new.patch", "--- /dev/null\n+++ b/mm/new.h\n@@ -0,0 +1 @@\n+/* */\n" +
                   patch("mm/migrate.c", "\treturn 1 + INTERNAL + MORE;",
                         "\treturn 5 + INTERNAL + MORE;"))
        jobs = [("source.patch", "patch"), ("header.patch", "patch"),
                ("new.patch", "patch"), ("mm/Makefile", "edit")]
        done = subprocess.run([sys.executable, "-c", EDITS, str(self.tmp),
                               json.dumps(jobs)], stdout=subprocess.PIPE, text=True,
                              check=True)
        found = json.loads(done.stdout)
        if found is None:
            self.skipTest("no mounts of our own")
        self.assertEqual(found, {
            "source.patch": [["migrate=7", "case=1"], 0],
            "header.patch": [["migrate=3", "case=3"], 0],
            "new.patch": [["migrate=5", "case=1"], 1],
            "mm/Makefile": [["migrate=5", "case=1"], 1]})
