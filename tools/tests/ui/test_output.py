# SPDX-License-Identifier: GPL-2.0
"""What is written, and where to: files, links, devices, fifos, descriptors."""

import os
import stat
import subprocess
import sys
import threading
from pathlib import Path

from mmtestbed.cli import shared
from mmtestbed.errors import TestbedError, UsageError
from mmtestbed.ui import output

from tests import support

DATA = b"some words\n" * 20000


class Write(support.TempCase):
    def write_to(self, name: "Path | str") -> None:
        output.write(output.target(str(name)), DATA)

    def only(self, *names: str) -> None:
        """The folder holds @names and nothing else: no rest of a temporary file."""
        self.assertEqual(sorted(os.listdir(self.tmp)), sorted(names))

    def test_new_file(self) -> None:
        self.write_to(self.tmp / "new")
        self.assertEqual((self.tmp / "new").read_bytes(), DATA)
        self.assertEqual(stat.S_IMODE((self.tmp / "new").stat().st_mode),
                         0o666 & ~support_umask())
        self.only("new")

    def test_old_file_keeps_mode_and_owner(self) -> None:
        path = self.write("old", "")
        path.chmod(0o640)
        if os.geteuid() == 0:
            os.chown(path, 12, 34)
        before = path.stat()
        self.write_to(path)
        after = path.stat()
        self.assertEqual((path.read_bytes(), after.st_mode, after.st_uid, after.st_gid),
                         (DATA, before.st_mode, before.st_uid, before.st_gid))
        self.assertNotEqual(after.st_ino, before.st_ino)
        self.only("old")

    def test_links_are_followed(self) -> None:
        (self.tmp / "there").mkdir()
        self.write("there/old", "")
        for name, to in (("link", "there/old"), ("dangling", "there/new")):
            (self.tmp / name).symlink_to(to)
            self.write_to(self.tmp / name)
            self.assertTrue((self.tmp / name).is_symlink())
            self.assertEqual((self.tmp / to).read_bytes(), DATA)
        (self.tmp / "loop").symlink_to("loop")
        with self.assertRaisesRegex(UsageError, "cannot write .*loop: Too many levels"):
            output.target(str(self.tmp / "loop"))

    def test_device_stays_one(self) -> None:
        """As root, on a node of our own: not even the test may hurt /dev/null."""
        if os.geteuid() != 0:
            self.skipTest("needs root")
        path = self.tmp / "null"
        try:
            os.mknod(path, 0o666 | stat.S_IFCHR, os.makedev(1, 3))
        except OSError:
            self.skipTest("no devices to be made here")
        try:
            with open(path, "wb") as file:
                file.write(b"x")
        except OSError:
            self.skipTest("devices do not work here")
        before = path.stat()
        self.write_to(path)
        self.assertEqual((path.stat().st_ino, path.stat().st_mode, path.stat().st_rdev),
                         (before.st_ino, before.st_mode, before.st_rdev))
        self.only("null")

    def test_full_device(self) -> None:
        if not os.access("/dev/full", os.W_OK):
            self.skipTest("no /dev/full")
        with self.assertRaisesRegex(TestbedError, "cannot write /dev/full: No space left"):
            self.write_to("/dev/full")
        self.assertTrue(stat.S_ISCHR(os.stat("/dev/full").st_mode))

    def test_disk_is_refused(self) -> None:
        if os.geteuid() != 0:
            self.skipTest("needs root")
        path = self.tmp / "disk"
        try:
            os.mknod(path, 0o666 | stat.S_IFBLK, os.makedev(7, 200))
        except OSError:
            self.skipTest("no devices to be made here")
        with self.assertRaisesRegex(UsageError, "it is a disk"):
            output.target(str(path))

    def test_fifo(self) -> None:
        path = self.tmp / "fifo"
        os.mkfifo(path)
        read: list[bytes] = []
        # It waits for ever for who writes to another file.
        thread = threading.Thread(target=lambda: read.append(path.read_bytes()),
                                  daemon=True)
        thread.start()
        self.write_to(path)
        self.assertTrue(stat.S_ISFIFO(path.stat().st_mode))
        thread.join()
        self.assertEqual(read, [DATA])

    def test_descriptor(self) -> None:
        """As in --json >(jq .)."""
        with open(self.tmp / "file", "wb") as file:
            file.write(b"before ")
            file.flush()
            self.write_to(f"/dev/fd/{file.fileno()}")
            file.write(b"after")
        self.assertEqual((self.tmp / "file").read_bytes(), b"before " + DATA + b"after")
        with open(self.tmp / "file", "rb") as file, \
                self.assertRaisesRegex(UsageError, "open for reading only"):
            output.target(f"/proc/self/fd/{file.fileno()}")
        with self.assertRaisesRegex(UsageError, "Bad file descriptor"):
            output.target("/dev/fd/999")

    def test_standard_output(self) -> None:
        for name in ("-", "/dev/stdout"):
            done = subprocess.run(
                [sys.executable, "-P", "-c", "import sys\nfrom mmtestbed.ui import output\n"
                 "output.write(output.target(sys.argv[1]), b'words')", name], check=False,
                env={**os.environ, "PYTHONPATH": str(Path(output.__file__).parents[2])},
                capture_output=True, text=True)
            self.assertEqual((done.returncode, done.stdout), (0, "words"), done.stderr)

    def test_folders_and_what_is_not_there(self) -> None:
        for name, why in ((str(self.tmp), "it is a folder"), ("", "it has no name"),
                          ("/no/such/x", "its folder does not exist"),
                          (f"{self.tmp}/{'x' * 300}", "File name too long"),
                          (f"{self.tmp}/a\0b", "null")):
            with self.subTest(name[:40]), \
                    self.assertRaisesRegex(UsageError, f"cannot write .*{why}"):
                output.target(name)

    def test_read_only(self) -> None:
        path = self.write("file", "old")
        path.chmod(0o444)
        with self.assertRaisesRegex(UsageError, "it is read-only"):
            output.target(str(path))
        self.tmp.chmod(0o555)
        self.addCleanup(self.tmp.chmod, 0o755)
        self.assertIn("its folder is read-only for you", support.as_nobody(
            lambda: output.target(str(self.tmp / "new"))))

    def test_read_only_folder(self) -> None:
        """A file that can be written but not replaced is written in its place."""
        path = self.write("place/file", "old and longer" * 20)
        path.chmod(0o666)
        path.parent.chmod(0o555)
        self.tmp.chmod(0o755)
        self.addCleanup(path.parent.chmod, 0o755)
        self.assertEqual(support.as_nobody(
            lambda: output.write(output.target(str(path)), b"words")), "")
        self.assertEqual(path.read_bytes(), b"words")
        self.assertEqual(os.listdir(path.parent), ["file"])

    def test_two_reports_in_one_place(self) -> None:
        with self.assertRaisesRegex(UsageError, "two reports would go to"):
            output.distinct(self.tmp, None, self.tmp)
        self.assertTrue(output.distinct(None, shared.output_file("-")))
        self.assertFalse(output.distinct(None, self.tmp))


def support_umask() -> int:
    """The umask."""
    umask = os.umask(0)
    os.umask(umask)
    return umask


