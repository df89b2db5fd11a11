# SPDX-License-Identifier: GPL-2.0
"""The image is built, and a test passes in it, with a kernel that is built inside."""

import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from mmtestbed.model import repository

from tests import containerfile, recipes
from tests.e2e import support

DOCUMENT = "container.rst"
# A kernel is built and booted in it; the fake one, which is there in a second.
INSIDE = ("test", "--no-install", "e2e.test_shards.Shards.test_run")
_PASSED = re.compile(r"^1 passed, 0 failed, 0 skipped$", re.MULTILINE)
_MIRROR = ["apt-get", "indextargets", "--format", "$(ORIGIN) $(REPO_URI)",
           "Created-By: Packages"]


def called(*words: str) -> tuple[int, str]:
    """(exit code, output) of a command."""
    done = subprocess.run(words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, check=False)
    return done.returncode, done.stdout


def tool() -> str:
    """podman or docker, whichever works; "" if none does."""
    return next((name for name in ("podman", "docker")
                 if shutil.which(name) and called(name, "info")[0] == 0), "")


class Container(support.RunCase):
    def recipe(self, name: str, which: str) -> tuple[int, str]:
        """Run a recipe with the tool @which."""
        text = re.sub(r"\bpodman\b", which, recipes.recipe(DOCUMENT, name))
        text = text.replace("mm-testbed run", " ".join(("mm-testbed", *INSIDE)))
        return recipes.run(text, repository.REPOSITORY, {}, seconds=3000)

    def test_image(self) -> None:
        which = tool()
        if not which:
            self.skipTest("no podman and no docker that works")
        code, said = self.recipe("build", which)
        if code and re.search(r"no such host|dial tcp|timeout|unauthorized|toomanyrequests",
                              said, re.IGNORECASE):
            self.skipTest(f"the base image cannot be fetched: {said.splitlines()[-1][:150]}")
        self.assertEqual(code, 0, said[-3000:])
        code, said = self.recipe("run", which)
        if code and re.search(r"OCI permission denied|operation not permitted", said,
                              re.IGNORECASE) and "tests" not in said:
            self.skipTest(f"{which} may not run anything here: {said.splitlines()[-1][:150]}")
        self.assertEqual(code, 0, said[-3000:])
        self.assertRegex(said, _PASSED)


class Debootstrap(support.RunCase):
    """The same in a chroot.  It takes minutes: only when it is named."""

    def test_chroot(self) -> None:
        support.needs_root(self)
        if not shutil.which("debootstrap"):
            self.skipTest("debootstrap is not installed")
        suite = containerfile.steps()[0].rest.partition(":")[2]
        name = {"12": "bookworm", "13": "trixie"}[suite]
        mirrors = [line.split()[1] for line in called(*_MIRROR)[1].splitlines()
                   if line.startswith("Debian ") and "security" not in line]
        with tempfile.TemporaryDirectory(prefix="mmtb-image.", dir="/var/tmp") as folder:
            top = Path(folder) / "top"
            code, said = called("debootstrap", "--variant=minbase", name, str(top),
                                *mirrors[:1])
            if code:
                self.skipTest(f"no Debian to be had: {said.splitlines()[-1]}")
            image = containerfile.Chroot(top)
            self.assertEqual(image.build(), "")
            code, said = image.run(INSIDE)
            self.assertEqual(code, 0, said[-3000:])
            self.assertRegex(said, _PASSED)
