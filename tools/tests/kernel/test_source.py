# SPDX-License-Identifier: GPL-2.0
"""Where the source comes from."""

import tarfile
import threading
from dataclasses import replace
from pathlib import Path

from mmtestbed.errors import HostError, TestbedError, Unavailable, UsageError
from mmtestbed.kernel import ahead, patching, source, unpack
from mmtestbed.model import lines, repository

from tests import support

MAKEFILE = "# SPDX\nVERSION = 6\nPATCHLEVEL = {}\nSUBLEVEL = 117\nEXTRAVERSION =\n" \
           "NAME = Baby\n"


class Version(support.TempCase):
    def test_versions(self) -> None:
        self.assertEqual(source.makefile_version(MAKEFILE.format(12)),
                         ((6, 12), "6.12.117"))
        self.assertEqual(
            source.makefile_version("VERSION = 7\nPATCHLEVEL = 3\nSUBLEVEL = 0\n"
                                    "EXTRAVERSION = -rc1\n"), ((7, 3), "7.3-rc1"))
        with self.assertRaises(ValueError):
            source.makefile_version("all:\n\ttrue\n")

    def test_nearest_line(self) -> None:
        self.assertEqual(lines.nearest((6, 12)).name, "6.12")
        self.assertEqual(lines.nearest((5, 10)).name, "6.12")
        self.assertEqual(lines.nearest((6, 14)).name, "6.12")
        for version in ((6, 16), (6, 18), (6, 19)):
            self.assertEqual(lines.nearest(version).name, "6.18")
        for version in ((7, 0), (7, 3), (7, 12), (8, 1)):
            self.assertEqual(lines.nearest(version).name, "7.x")


class Packages(support.TempCase):
    def setUp(self) -> None:
        super().setUp()
        self.line = lines.by_name("7.x")

    def test_the_newest_counts(self) -> None:
        names = "linux-source-7.9\nlinux-source-7.10\nlinux-source-7.10-dbg\n" \
                "linux-source-6.12\nlinux-source-7.\n"
        self.assertEqual(source.newest_package(self.line, names), "linux-source-7.10")
        self.assertEqual(source.newest_package(lines.DEFAULT, names), "linux-source-6.12")
        self.assertEqual(source.newest_package(self.line, "linux-source-6.12\n"), "")

    def test_installed(self) -> None:
        self.assertIsNone(source.installed(self.line, self.tmp))
        for name in ("7.9", "7.10", "7.x", "6.12"):
            self.write(f"linux-source-{name}.tar.xz", "")
        found = source.installed(self.line, self.tmp)
        assert found
        self.assertEqual(found.name, "linux-source-7.10.tar.xz")

    def test_every_line_names_its_own_package_only(self) -> None:
        for line in lines.LINES:
            package = line.package.replace("*", "3")
            self.assertGreaterEqual(line.minor(package), 0)
            self.assertEqual([other.name for other in lines.LINES
                              if other.minor(package) >= 0], [line.name])


class Apt(support.TempCase):
    """The mirrors that the machine uses, and what we make of them."""

    TARGETS = """\
http://mirror.example.org/debian/|bookworm|Debian|Debian
http://mirror.example.org/debian/|bookworm-updates|Debian|Debian
http://mirror.example.org/debian-security/|bookworm-security|Debian|Debian-Security
http://other.example.org/pub/deb/|bookworm-backports|Debian|Debian Backports
http://tools.example.org/debian/|bookworm|Vendor|Vendor
"""

    def test_mirrors(self) -> None:
        self.assertEqual(source.mirrors(self.TARGETS), [
            "http://mirror.example.org/debian", "http://other.example.org/pub/deb"])

    def test_mirrors_of_a_machine_without_lists(self) -> None:
        """apt then knows no origin; what comes from elsewhere is tried in vain."""
        rows = "http://mirror.example.org/debian|trixie||\n" \
               "http://mirror.example.org/debian-security|trixie-security||\n" \
               "http://x.example.org/ppa|trixie||\n"
        self.assertEqual(source.mirrors(rows), ["http://mirror.example.org/debian"])
        self.assertEqual(source.mirrors(""), [])

    def test_configuration_is_private(self) -> None:
        options = source.private_apt(self.tmp / "apt", ["deb http://m/debian s main"])
        text = " ".join(options)
        for part in (f"Dir::State::lists={self.tmp}/apt/lists",
                     f"Dir::Cache={self.tmp}/apt", "Dir::Etc::sourceparts=-",
                     f"Dir::Etc::sourcelist={self.tmp}/apt/sources.list"):
            self.assertIn(part, text)
        self.assertEqual((self.tmp / "apt/sources.list").read_text(encoding="utf-8"),
                         "deb http://m/debian s main\n")

    def test_sources_are_signed_by_debian(self) -> None:
        old = source.KEYRING
        self.addCleanup(setattr, source, "KEYRING", old)
        setattr(source, "KEYRING", str(self.write("keyring.gpg", "")))
        self.assertEqual(
            source.sources_list(["http://m/debian"], "trixie-backports"),
            [f"deb [signed-by={self.tmp}/keyring.gpg] http://m/debian "
             "trixie-backports main"])

    def test_no_mirror_in_the_tree(self) -> None:
        """Their addresses come from the machine alone."""
        for path in Path(source.__file__).parents[1].rglob("*.py"):
            self.assertNotRegex(path.read_text(encoding="utf-8"),
                                r"https?://[\w.]*debian\.org")


class Nowhere(support.TempCase):
    """No package, no network: the default line is needed, another is left out."""

    def setUp(self) -> None:
        super().setUp()
        self.set_env("PATH", str(self.tmp))

    def test_the_default_line_is_broken(self) -> None:
        line = replace(lines.DEFAULT, package="linux-source-0.0")
        self.addCleanup(setattr, lines, "DEFAULT", lines.DEFAULT)
        setattr(lines, "DEFAULT", line)
        with self.assertRaises(TestbedError) as caught:
            source.tarball(line, self.tmp, self.console)
        self.assertNotIsInstance(caught.exception, Unavailable)

    def test_one_that_debian_lacks(self) -> None:
        with self.assertRaisesRegex(Unavailable, "no source of Linux 6.18: Debian offers no "
                                    "linux-source-6.18, and none is named in MMTB_KERNELS"):
            source.tarball(lines.by_name("6.18"), self.tmp, self.console)

    def test_another_is_unavailable(self) -> None:
        line = replace(lines.by_name("7.x"), package="linux-source-0.*")
        with self.assertRaises(Unavailable) as caught:
            source.tarball(line, self.tmp, self.console)
        self.assertEqual(caught.exception.code, 125)


class Kdir(support.TempCase):
    def kernel(self, patchlevel: int) -> str:
        for landmark in source.LANDMARKS:
            self.write(f"k dir/{landmark}", "")
        self.write("k dir/Makefile", MAKEFILE.format(patchlevel))
        return str(self.tmp / "k dir")

    def test_supported(self) -> None:
        found = source.from_kdir(self.kernel(12), None, self.console)
        self.assertEqual((found.version, found.line.name, found.frozen),
                         ("6.12.117", "6.12", False))
        self.assertEqual(self.text.getvalue(), "")

    def test_a_release_between_two_lines(self) -> None:
        found = source.from_kdir(self.kernel(14), None, self.console)
        self.assertEqual((found.line.name, lines.like(found.line).name), ("6.14", "6.12"))
        self.assertEqual(self.text.getvalue(), "")
        source.from_kdir(self.kernel(14), lines.by_name("6.18"), self.console)
        self.assertIn("this is Linux 6.14.117, not 6.18", self.text.getvalue())

    def test_unsupported_says_so(self) -> None:
        found = source.from_kdir(self.kernel(9), None, self.console)
        self.assertEqual(found.line.name, "6.12")
        self.assertIn("Linux 6.9.117 is no supported line", self.text.getvalue())

    def test_not_a_tree(self) -> None:
        for path in ("/no/such/folder", str(self.tmp), "/etc/passwd"):
            with self.subTest(path), self.assertRaises(UsageError):
                source.from_kdir(path, None, self.console)


class Ahead(support.TempCase):
    def fetch(self, tarball: object) -> None:
        """Let @tarball be what fetches."""
        self.addCleanup(setattr, source, "tarball", source.tarball)
        setattr(source, "tarball", tarball)

    def test_at_the_same_time(self) -> None:
        """It begins before the other work ends, and is over at the end."""
        began, over = threading.Event(), threading.Event()

        def tarball(*_: object) -> None:
            began.set()
            self.assertTrue(over.wait(60))
            self.text.write("fetched")

        self.fetch(tarball)
        with ahead.fetched(lines.DEFAULT, self.tmp, self.console):
            self.assertTrue(began.wait(60))
            over.set()
        self.assertIn("fetched", self.text.getvalue())

    def test_errors_can_wait(self) -> None:
        def tarball(*_: object) -> None:
            raise HostError("no network")

        self.fetch(tarball)
        with ahead.fetched(lines.DEFAULT, self.tmp, self.console):
            pass


class Unpack(support.TempCase):
    def archive(self, version: int) -> None:
        self.write("linux-source/Makefile", MAKEFILE.format(version))
        with tarfile.open(self.tmp / "x.tar.xz", "w:xz") as tar:
            tar.add(self.tmp / "linux-source", "linux-source")

    def test_once(self) -> None:
        self.archive(12)
        for _ in range(2):
            found = source.unpack(lines.DEFAULT, self.tmp / "x.tar.xz",
                                  self.tmp / "cache", self.console)
            self.assertEqual(found.version, "6.12.117")
            self.assertTrue(found.frozen)
        self.assertEqual(self.text.getvalue().count("done"), 1)

    def test_damaged_leaves_nothing(self) -> None:
        archive = self.write("x.tar.xz", "no archive")
        with self.assertRaisesRegex(TestbedError, "cannot unpack"):
            source.unpack(lines.DEFAULT, archive, self.tmp / "cache", self.console)
        left = {path.name for path in (self.tmp / "cache/src/6.12").iterdir()}
        self.assertEqual(left, {"unpack.lock"})

    def part(self) -> source.Source:
        """An archive as Debian's, unpacked by a run that needs nothing special."""
        top = "linux-source-6.12"
        self.write(f"{top}/Makefile", MAKEFILE.format(12))
        for name in ("mm/migrate.c", "drivers/gpu/drm/Kconfig", "drivers/gpu/drm/x.c",
                     "include/sound/core.h", "sound/core.c", "drivers/net/loopback.c",
                     "drivers/net/fddi/x.h", "arch/x86/x.c", "arch/arm/boot/x.dts"):
            self.write(f"{top}/{name}", name)
        self.box = self.tmp / "cache/src/6.12" / f"{top}.tar.xz"
        self.box.parent.mkdir(parents=True)
        with tarfile.open(self.box, "w:xz") as tar:
            tar.add(self.tmp / top, top)
        return source.unpack(lines.DEFAULT, self.box, self.tmp / "cache", self.console)

    def test_in_part(self) -> None:
        """What is read stays, and what the tree lacks is known by name."""
        found = self.part().path
        there = {str(path.relative_to(found)) for path in found.rglob("*")
                 if path.is_file()}
        self.assertEqual(there, {"Makefile", "mm/migrate.c", "drivers/gpu/drm/Kconfig",
                                 "include/sound/core.h", "drivers/net/loopback.c",
                                 "arch/x86/x.c"})
        for path in ("drivers/gpu/drm/x.c", "sound/core.c", "drivers/net/fddi/x.h",
                     "arch/arm/boot/x.dts"):
            self.assertTrue(unpack.lacks(found, [path]), path)
        self.assertFalse(unpack.lacks(found, [*there, "mm/new.c", "drivers/gpu/Kconfig"]))
        missing = TestbedError("the kernel does not build: make: *** No rule to make "
                               "target 'sound/core.o'")
        self.assertTrue(unpack.may_explain(found, missing))
        self.assertFalse(unpack.may_explain(found, TestbedError("x.c:1:1: error: no")))

    def test_the_rest(self) -> None:
        """Who needs more gets all of it, once, and by the same name."""
        first = self.part()
        tree = source.unpack(lines.DEFAULT, self.box, self.tmp / "cache", self.console,
                             whole=True)
        self.assertEqual(tree, first)
        self.assertEqual((tree.path / "sound/core.c").read_text(encoding="utf-8"),
                         "sound/core.c")
        self.assertFalse(unpack.is_part(tree.path))
        before = tree.path.stat().st_ino
        for box in (None, self.box):
            source.unpack(lines.DEFAULT, box, self.tmp / "cache", self.console, whole=True)
        self.assertEqual(tree.path.stat().st_ino, before)
        self.assertEqual({path.name for path in tree.path.parent.iterdir()},
                         {"unpack.lock", tree.path.name, self.box.name})

    def test_the_rest_is_gone(self) -> None:
        self.part()
        self.box.unlink()
        with self.assertRaisesRegex(TestbedError, "install linux-source-6.12 again"):
            source.unpack(lines.DEFAULT, None, self.tmp / "cache", self.console,
                          whole=True)

    def test_our_patches_take_nothing_that_is_left_out(self) -> None:
        patches = sorted((repository.REPOSITORY / "patches").rglob("*.patch"))
        self.assertGreater(len(patches), 50)
        usual = [path for path in patches if path.parent.parent.name not in
                 patching.proposals()]
        self.assertEqual([path for path in patching.paths(usual)
                          if unpack.left_out(path)], [])

    def test_wrong_version(self) -> None:
        self.archive(1)
        with self.assertRaisesRegex(TestbedError, "not 6.12"):
            source.unpack(lines.DEFAULT, self.tmp / "x.tar.xz", self.tmp / "cache",
                          self.console)
