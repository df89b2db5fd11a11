# SPDX-License-Identifier: GPL-2.0
"""A kernel in one file, which may come from anywhere."""

import gzip
import hashlib
import io
import json
import tarfile
from pathlib import Path
from typing import Any

from mmtestbed.cli import run_options
from mmtestbed.errors import UsageError
from mmtestbed.kernel import pack, provenance
from mmtestbed.kernel.patching import Taken
from mmtestbed.model import configs
from mmtestbed.model.known import Known
from mmtestbed.model.repository import REPOSITORY

from tests import support


class Packed(support.TempCase):
    def setUp(self) -> None:
        super().setUp()
        self.kernel = self.write("kernel", "the kernel")
        self.facts = pack.facts(
            "6.12.1", "6.12", "kasan", "Debian's", ["x.patch"], [Taken("a", "6.12", "exactly")],
            Known(), {"suites": provenance.suites(REPOSITORY), "commit": "0123456789abcdef"},
            False)

    def packed(self, **more: Any) -> Path:
        """A file, with some facts changed."""
        path = self.tmp / "k.tar.gz"
        path.write_bytes(pack.data({**self.facts, **more}, self.kernel))
        return path

    def refused(self, path: Path) -> str:
        """Why @path is refused, in one line."""
        with self.assertRaises(UsageError) as caught:
            pack.read(path).kernel(self.tmp)
        self.assertNotIn("\n", caught.exception.message)
        return caught.exception.message

    def tarred(self, *members: tuple[tarfile.TarInfo, bytes]) -> Path:
        """A file with these members, whatever they are."""
        out = io.BytesIO()
        with tarfile.open(fileobj=out, mode="w") as tar:
            for info, content in members:
                info.size = len(content)
                tar.addfile(info, io.BytesIO(content))
        path = self.tmp / "hostile.tar.gz"
        path.write_bytes(gzip.compress(out.getvalue()))
        return path

    def test_there_and_back(self) -> None:
        packed = pack.read(self.packed())
        self.assertEqual((packed.line.name, packed.config.name, packed.taken()),
                         ("6.12", "kasan", [Taken("a", "6.12", "exactly")]))
        kernel = packed.kernel(self.tmp)
        self.assertEqual(kernel.read_text("utf-8"), "the kernel")
        self.assertTrue(kernel.stat().st_mode & 0o100)

    def test_same_kernel_same_file(self) -> None:
        first = self.packed().read_bytes()
        self.kernel.touch()
        self.assertEqual(self.packed().read_bytes(), first)

    def test_other_suites(self) -> None:
        """Their contracts would not be those of the cases."""
        self.assertIn("has other suites than this checkout: check out 0123456789ab here",
                      self.refused(self.packed(testbed={**self.facts["testbed"],
                                                        "suites": "others"})))

    def test_what_is_none(self) -> None:
        self.assertIn("cannot read", self.refused(self.tmp / "no"))
        self.assertIn("is no kernel of mmt run --pack", self.refused(self.write("x", "text")))
        self.assertIn("lacks 'source'", self.refused(self.packed_without("source")))
        self.assertIn("of this version", self.refused(self.packed(schema=2)))
        self.assertIn("lacks", self.refused(self.packed(variant="no such")))

    def packed_without(self, key: str) -> Path:
        self.facts.pop(key)
        return self.packed()

    def test_cut_off(self) -> None:
        self.kernel.write_bytes(b"".join(bytes([n % 251]) for n in range(99999)))
        whole = self.packed().read_bytes()
        path = self.tmp / "cut.tar.gz"
        for share in (0, 10, 100, len(whole) // 2):
            with self.subTest(share):
                path.write_bytes(whole[:share])
                self.assertRegex(self.refused(path), "mmt run --pack|was cut off")
                self.assertFalse((self.tmp / "linux").exists())

    def test_damaged(self) -> None:
        """A byte is another one: the kernel is not booted."""
        facts = (tarfile.TarInfo("kernel.json"),
                 json.dumps({**self.facts, "sha256": "0" * 64}).encode())
        path = self.tarred(facts, (tarfile.TarInfo("linux"), b"another"))
        self.assertIn("is damaged", self.refused(path))
        self.assertFalse((self.tmp / "linux").exists())

    def test_hostile(self) -> None:
        """Nothing but two regular files is taken, and nothing goes anywhere else."""
        facts = (tarfile.TarInfo("kernel.json"), json.dumps({
            **self.facts, "sha256": hashlib.sha256(b"k").hexdigest()}).encode())
        link = tarfile.TarInfo("linux")
        link.type, link.linkname = tarfile.SYMTYPE, "kernel.json"
        outside = tarfile.TarInfo("../outside")
        self.assertIn("holds no file linux", self.refused(self.tarred(facts, (link, b""))))
        good = self.tarred(facts, (outside, b"x"), (tarfile.TarInfo("linux"), b"k"))
        pack.read(good).kernel(self.tmp)
        self.assertFalse((self.tmp.parent / "outside").exists())


class Options(support.TempCase):
    def test_what_does_not_go_with_them(self) -> None:
        patch = str(sorted((REPOSITORY / "patches").rglob("*.patch"))[0])
        for words in (["--line", "7.x"], ["--variant", "kasan"], ["--with", patch], ["--fixes"],
                      ["--kdir", "/k"], ["--gdb", "a.b"], ["--keep"], ["--all"],
                      ["--", "--kconfig_add=CONFIG_X=y"]):
            with self.subTest(words), self.assertRaisesRegex(UsageError, "--kernel"):
                run_options.parse(["--kernel", "k", *words])
        for words in (["--shard", "1/2"], ["--kernel", "k"], ["--list"]):
            with self.subTest(words), self.assertRaisesRegex(UsageError, "--pack"):
                run_options.parse(["--pack", str(self.tmp / "k"), *words])
        with self.assertRaisesRegex(UsageError, "counters"):
            run_options.parse(["--pack", str(self.tmp / "k"), "--variant", "gcov"])

    def test_kdir_of_the_environment(self) -> None:
        """It is for runs that build."""
        self.set_env("KDIR", "/k")
        self.assertEqual(run_options.parse(["--kernel", "k"]).kdir, "")
        self.assertEqual(run_options.parse([]).kdir, "/k")
        self.assertIs(run_options.parse(["--kernel", "k"]).config, configs.PLAIN)
