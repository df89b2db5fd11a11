# SPDX-License-Identifier: GPL-2.0
"""What is missing is installed after a line that says so, or listed."""

import os
import subprocess
from pathlib import Path

from mmtestbed.errors import HostError
from mmtestbed.host import deps
from mmtestbed.host.deps import Tool
from mmtestbed.model import repository

from tests import support

NEEDED = Tool("mmtb-no-such-tool", "mmtb-package", "does what nothing else does")
OPTIONAL = Tool("mmtb-no-such-extra", "mmtb-extra", "is nice to have", optional=True)


class Ensure(support.TempCase):
    def setUp(self) -> None:
        super().setUp()
        self.set_env("PATH", os.environ["PATH"])
        self.addCleanup(setattr, deps, "PATH", deps.PATH)
        self.addCleanup(setattr, deps, "_root", deps._root)

    def host(self, apt: str = "", root: bool = True) -> Path:
        """A machine whose apt-get is the shell script @apt, if any; what it is told."""
        folder = self.tmp / "bin"
        folder.mkdir()
        told = self.tmp / "told"
        (folder / "setpriv").write_text('#!/bin/sh\nshift 3\nexec "$@"\n', encoding="ascii")
        (folder / "setpriv").chmod(0o755)
        (folder / "sh").symlink_to("/bin/sh")
        if apt:
            (folder / "apt-get").write_text(
                f'#!/bin/sh\necho "$@" >> {told}\n{apt}\n', encoding="ascii")
            (folder / "apt-get").chmod(0o755)
        os.environ["PATH"] = str(folder)
        deps.PATH = str(folder)
        setattr(deps, "_root", lambda: [] if root else None)
        return told

    def appearing(self, *tools: Tool) -> str:
        """An apt-get that installs @tools."""
        return "\n".join(f": > {self.tmp}/bin/{tool.probe}; /bin/chmod 755 "
                         f"{self.tmp}/bin/{tool.probe}" for tool in tools)

    def test_says_so_and_installs(self) -> None:
        told = self.host(self.appearing(NEEDED, OPTIONAL))
        self.assertEqual(deps.ensure([NEEDED, OPTIONAL], self.console), [])
        self.assertIn("install --no-install-recommends mmtb-extra mmtb-package",
                      told.read_text(encoding="ascii"))
        [said, *_] = self.text.getvalue().splitlines()
        for part in ("missing: mmtb-no-such-tool (does what nothing else does)",
                     "running apt-get install", "--no-install forbids it"):
            self.assertIn(part, said)

    def test_names_a_file_by_its_package_and_everything_once(self) -> None:
        self.host()
        header = Tool("/mmtb/no/such/header.h", "mmtb-package-dev", "is included",
                      optional=True)
        again = Tool(OPTIONAL.probe, OPTIONAL.package, "is nice twice", optional=True)
        deps.ensure([OPTIONAL, header, again], self.console)
        said = self.text.getvalue()
        self.assertIn("missing: mmtb-no-such-extra (is nice to have), "
                      "mmtb-package-dev (is included); going on without", said)
        self.assertNotIn("header.h", said)

    def test_forbidden(self) -> None:
        told = self.host(self.appearing(NEEDED))
        with self.assertRaisesRegex(HostError, "as root, run: apt-get install "
                                    "mmtb-package, or leave out --no-install"):
            deps.ensure([NEEDED], self.console, False)
        self.assertEqual(deps.ensure([OPTIONAL], self.console, False), [OPTIONAL])
        self.assertIn("going on without", self.text.getvalue())
        self.assertFalse(told.exists())

    def test_not_root(self) -> None:
        told = self.host(self.appearing(NEEDED), root=False)
        with self.assertRaisesRegex(HostError, "missing: mmtb-no-such-tool; as root"):
            deps.ensure([NEEDED, OPTIONAL], self.console)
        self.assertFalse(told.exists())

    def test_no_apt(self) -> None:
        """Another distribution may have it elsewhere: list it, and go on."""
        self.host()
        self.assertEqual(deps.ensure([NEEDED, OPTIONAL], self.console),
                         [NEEDED, OPTIONAL])
        [said] = self.text.getvalue().splitlines()
        for part in ("mmtb-no-such-tool (does", "mmtb-no-such-extra (is", "going on",
                     "your distribution has for Debian's mmtb-extra mmtb-package"):
            self.assertIn(part, said)

    def test_apt_fails(self) -> None:
        told = self.host("echo 'E: no route to host'; exit 100")
        with self.assertRaisesRegex(HostError, "cannot install mmtb-package") as caught:
            deps.ensure([NEEDED], self.console)
        self.assertEqual(caught.exception.details, ("E: no route to host",))
        self.assertIn("update", told.read_text(encoding="ascii"))

    def test_compiler_without_ccache(self) -> None:
        self.host()
        self.assertEqual(deps.compiler(), "gcc")
        (self.tmp / "bin/ccache").touch(0o755)
        self.assertEqual(deps.compiler(), "ccache gcc")

    def test_clang_where_llvm_is_asked_for(self) -> None:
        self.host()
        for wanted, compiler, packages in (
                ("", "gcc", []), ("1", "clang", ["clang", "lld", "llvm"]),
                ("-16", "clang-16", ["clang-16", "lld-16", "llvm-16"]),
                ("/opt/bin/", "/opt/bin/clang", ["clang", "lld", "llvm"])):
            with self.subTest(wanted):
                self.set_env("LLVM", wanted)
                self.assertEqual(deps.compiler(), compiler)
                self.assertEqual([tool.package for tool in deps.compilers()], packages)


class Python(support.TempCase):
    """What the scripts do where there is no Python."""

    def call(self, *words: str) -> "tuple[subprocess.CompletedProcess[str], Path]":
        """scripts/run.sh without a Python; what apt-get was told."""
        told = self.tmp / "told"
        path = support.without(self.tmp / "bin", "python3")
        apt = self.tmp / "bin/apt-get"
        apt.unlink(missing_ok=True)
        apt.write_text(f'#!/bin/sh\necho "$@" >> {told}\nexit 100\n', encoding="ascii")
        apt.chmod(0o755)
        return subprocess.run(
            ["/bin/sh", str(repository.REPOSITORY / "scripts/run.sh"), *words], check=False,
            env={**os.environ, "PATH": path}, capture_output=True, text=True), told

    def test_says_so(self) -> None:
        done, told = self.call("--list")
        self.assertEqual(done.returncode, 125, done.stderr)
        if os.geteuid() == 0:
            self.assertIn("install", told.read_text(encoding="ascii"))
        self.assertIn("running apt-get install python3", done.stdout)
        self.assertIn("install the package python3", done.stderr)

    def test_forbidden(self) -> None:
        done, told = self.call("--list", "--no-install")
        self.assertEqual((done.returncode, done.stdout), (125, ""), done.stderr)
        self.assertFalse(told.exists())
