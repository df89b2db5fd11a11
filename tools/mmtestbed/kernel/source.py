# SPDX-License-Identifier: GPL-2.0
"""Where the kernel source comes from: Debian's package, or the user's own tree."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Callable, Iterable, Optional, Sequence

from ..errors import HostError, TestbedError, Unavailable, UsageError
from ..host import deps, lock, proc
from ..host.scan import scan
from ..model import lines
from ..ui.console import Console
from . import trees
from . import unpack as unpacking

# What makes a folder a kernel tree that we can use.
LANDMARKS = ("Makefile", "Kbuild", "mm/migrate.c", "arch/um/Makefile",
             "tools/testing/kunit/kunit.py")


KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg"
# What apt-get indextargets shall print of each file that apt would fetch.
_TARGET = "$(REPO_URI)|$(RELEASE)|$(ORIGIN)|$(LABEL)"


@dataclass(frozen=True)
class Source:
    """A pristine source tree.

    @path: the tree, which nobody writes to.
    @line: the series to apply to it.
    @version: from its Makefile, for people.
    @origin: where it comes from, for people.
    @ident: names it among all trees, for the cache.
    @frozen: True if nobody else changes it (the one that we unpacked).
    @revision: names what a tree holds that changes under our own hands alone.
    """

    path: Path
    line: lines.Line
    version: str
    origin: str
    ident: str
    frozen: bool
    revision: str = ""


def makefile_version(text: str) -> tuple[lines.Version, str]:
    """((major, minor), full version) of a top Makefile.  Raises ValueError."""
    facts = dict(re.findall(r"^(VERSION|PATCHLEVEL|SUBLEVEL|EXTRAVERSION)"
                            r"\s*=[ \t]*(\S*)", text, re.MULTILINE))
    if not facts.get("VERSION", "").isdigit() or \
       not facts.get("PATCHLEVEL", "").isdigit():
        raise ValueError("no VERSION and PATCHLEVEL")
    full = f"{facts['VERSION']}.{facts['PATCHLEVEL']}"
    if facts.get("SUBLEVEL", "0") not in ("", "0"):
        full += "." + facts["SUBLEVEL"]
    return ((int(facts["VERSION"]), int(facts["PATCHLEVEL"])),
            full + facts.get("EXTRAVERSION", ""))


def from_kdir(kdir: str, wanted: Optional[lines.Line], console: Console) -> Source:
    """The user's own tree.  Raises UsageError if it is none."""
    path = Path(kdir).expanduser().absolute()
    if not path.is_dir():
        raise UsageError(f"{kdir} is no folder; give KDIR or --kdir the top of a "
                         "kernel tree")
    path = path.resolve()
    for landmark in LANDMARKS:
        if not (path / landmark).exists():
            raise UsageError(f"{kdir} is no kernel source tree ({landmark} is not "
                             "there); give KDIR or --kdir the top of one")
    try:
        version, full = makefile_version(
            (path / "Makefile").read_text(encoding="utf-8", errors="replace"))
    except ValueError:
        raise UsageError(f"{kdir}/Makefile has no version; give KDIR or --kdir the "
                         "top of a kernel tree") from None
    except OSError as err:
        raise UsageError(f"cannot read {kdir}/Makefile: {err.strerror}") from None
    line = _line_for(version, full, wanted, console)
    return Source(path, line, full, f"KDIR {kdir}", f"kdir:{path}", False)


def _line_for(version: lines.Version, full: str, wanted: Optional[lines.Line],
              console: Console) -> lines.Line:
    if wanted:
        if not wanted.covers(version):
            console.note(f"this is Linux {full}, not {wanted.name}")
        return wanted
    known = lines.nearest(version)
    if known.covers(version):
        return known
    if version >= lines.DEFAULT.first:
        return lines.release(version)
    console.note(f"Linux {full} is no supported line: it is older than {known.name}")
    return known


def at_commit(tree: Path, commit: str, ident: str, wanted: Optional[lines.Line],
              console: Console) -> Source:
    """The work tree of a private clone, which stands at @commit.

    @ident: names the clone.  Raises TestbedError if it is no kernel that we know.
    """
    for landmark in LANDMARKS:
        if not (tree / landmark).exists():
            raise TestbedError(f"{commit[:12]} has no {landmark}: it is no kernel, or "
                               "too old a one")
    try:
        version, full = makefile_version(
            (tree / "Makefile").read_text(encoding="utf-8", errors="replace"))
    except ValueError:
        raise TestbedError(f"the Makefile of {commit[:12]} has no version") from None
    line = _line_for(version, full, wanted, console)
    return Source(tree, line, full, commit[:12], ident, False, commit)


def reference(line: lines.Line, archive: Optional[Path], cache: Path, console: Console,
              paths: Iterable[str] = ()) -> Path:
    """The tree that the series of @line was made on, from @archive, see tarball(), with
    those of the files @paths that Debian's source has.  Raises HostError."""
    tree = unpack(line, archive, cache, console).path
    if unpacking.lacks(tree, paths):
        unpack(line, archive, cache, console, whole=True)
    return tree


def installed(line: lines.Line, folder: Path = Path("/usr/src")) -> Optional[Path]:
    """The newest tarball of @line that a package has put into @folder, if any."""
    found = {line.minor(path.name.removesuffix(".tar.xz")): path
             for path in folder.glob(f"{line.package}.tar.xz")}
    found.pop(-1, None)
    return found[max(found)] if found else None


def tarball(line: lines.Line, cache: Path, console: Console) -> Optional[Path]:
    """Debian's source tarball for @line: installed, or downloaded to @cache.

    None if an unpacked tree in @cache makes it unnecessary.
    Raises HostError if it can be had from nowhere; Unavailable if it is not that
    of the default line.
    """
    archive = installed(line)
    if archive:
        return archive
    if newest_unpacked(line, cache):
        return None
    try:
        if not shutil.which("apt-get") or not shutil.which("dpkg-deb"):
            raise HostError(f"no source of Linux {line.name}: {line.package} is not "
                            "installed and this is not Debian; set KDIR to a "
                            "kernel tree")
        folder = cache / "src" / line.name
        folder.mkdir(parents=True, exist_ok=True)
        with lock.held(folder / "download.lock",
                       lambda: console.note("waiting for another run's download")):
            for rest in folder.glob(".download.*"):
                shutil.rmtree(rest, ignore_errors=True)
            kept = installed(line, folder)
            return kept or _download(line, folder, console)
    except HostError as err:
        if line is lines.DEFAULT:
            raise
        if line.debian:
            raise Unavailable(err.message, err.details) from None
        raise Unavailable(f"no source of Linux {line.name}: Debian offers no "
                          f"{line.package}, and none is named in {trees.WHERE}",
                          [err.message, *err.details]) from None


def _download(line: lines.Line, folder: Path, console: Console) -> Path:
    """Fetch the package of @line and put its tarball into @folder, in one step.

    Raises HostError.
    """
    console.begin(f"downloading Debian's {line.package}")
    with tempfile.TemporaryDirectory(prefix=".download.", dir=folder) as tmp:
        here = Path(tmp)

        def progress() -> None:
            size = sum(path.stat().st_size for path in here.rglob("*.deb"))
            console.progress(f"{size >> 20} MB" if size else "")

        try:
            package = _fetch(line, here, progress)
            archive = here / f"usr/src/{package}.tar.xz"
            if not archive.exists():
                raise HostError(f"Debian's {package} holds no {archive.name}; set "
                                "KDIR to a kernel tree")
        except HostError:
            console.abandon()
            raise
        os.replace(archive, folder / archive.name)
    console.end(package)
    return folder / archive.name


def _fetch(line: lines.Line, folder: Path, progress: Callable[[], None]) -> str:
    """Fetch and unpack the package of @line below @folder; its name."""
    reasons = []
    for number, area in enumerate(_apt_areas(line)):
        options = ["-q", "-o", "Acquire::Retries=2"]
        if area is not None:
            options += private_apt(folder / f"apt{number}", area)
            done = proc.run(["apt-get", *options, "update"], tick=progress)
            if done.code != 0:
                reasons.append(deps.last_error(done.output))
                continue
        names = proc.run(["apt-cache", *options, "pkgnames",
                          line.package.partition("*")[0]]).output
        package = newest_package(line, names)
        if not package:
            where = " ".join(area or []) or "the machine's own sources"
            reasons.append(f"{where} offers no {line.package}")
            continue
        done = proc.run(["apt-get", *options, "download", package], cwd=folder,
                        tick=progress)
        found = list(folder.glob(f"{package}_*.deb"))
        if done.code == 0 and found:
            done = proc.run(["dpkg-deb", "-x", str(found[0]), str(folder)])
            found[0].unlink()
            if done.code == 0:
                return package
        reasons.append(deps.last_error(done.output))
    raise HostError(f"cannot download {line.package} ({reasons[0]}); check the "
                    "network, or set KDIR to a kernel tree", reasons[1:])


def newest_package(line: lines.Line, names: str) -> str:
    """The newest package of @line among the @names, one a line; "" if there is none."""
    best = max(names.split(), key=line.minor, default="")
    return best if line.minor(best) >= 0 else ""


def _apt_areas(line: lines.Line) -> "list[Optional[list[str]]]":
    """Where to look for the package of @line, best first.

    None: the machine's own lists.  A list of sources.list lines: those, in private
    lists; an empty one: the machine's own sources, in private, fresh lists.  Suites
    that the machine does not use come from the mirrors that it does use.
    """
    targets = proc.run(["apt-get", "indextargets", "--format", _TARGET]).output
    uris = mirrors(targets)
    if line.suite:
        return [*([source] for suite in line.suite.split()
                  for source in sources_list(uris, suite)), None]
    areas: "list[Optional[list[str]]]" = [None, []]
    release = _os_release()
    codename = release.get("VERSION_CODENAME", "")
    if release.get("ID") == "debian" and codename:
        for uri in uris:
            areas.append(sources_list([f"{uri}-security"], f"{codename}-security"))
            areas.append(sources_list([uri], f"{codename}-backports"))
    return areas


def mirrors(targets: str) -> list[str]:
    """The mirrors of Debian's main archive in @targets, which _TARGET describes."""
    sure, likely = [], []
    for row in targets.splitlines():
        uri, release, origin, label = (row.strip().split("|") + [""] * 4)[:4]
        uri = uri.rstrip("/")
        if not uri or release.endswith("-security") or label == "Debian-Security":
            continue
        if origin == "Debian":
            sure.append(uri)
        elif not origin and uri.endswith("/debian"):
            likely.append(uri)          # its lists have never been fetched
    return list(dict.fromkeys(sure + likely))


def sources_list(uris: Sequence[str], suite: str) -> list[str]:
    """The lines of a sources.list that offer Debian's @suite, signed by Debian."""
    signed = f" [signed-by={KEYRING}]" if Path(KEYRING).exists() else ""
    return [f"deb{signed} {uri} {suite} main" for uri in uris]


def private_apt(root: Path, sources: list[str]) -> list[str]:
    """Options that make apt keep its lists and cache below @root.

    @sources replaces the machine's sources, unless it is empty.
    """
    (root / "lists" / "partial").mkdir(parents=True)
    (root / "archives" / "partial").mkdir(parents=True)
    options = ["-o", f"Dir::State::lists={root}/lists",
               "-o", f"Dir::Cache={root}", "-o", "APT::Sandbox::User=root"]
    if sources:
        (root / "sources.list").write_text("\n".join(sources) + "\n",
                                           encoding="utf-8")
        options += ["-o", f"Dir::Etc::sourcelist={root}/sources.list",
                    "-o", "Dir::Etc::sourceparts=-"]
    return options


def _os_release() -> dict[str, str]:
    """The facts of /etc/os-release; empty if there is none."""
    try:
        text = Path("/etc/os-release").read_text(encoding="utf-8")
    except OSError:
        return {}
    return {key: value.strip('"') for key, _, value in
            (line.partition("=") for line in text.splitlines())}


def _fingerprint(path: Path) -> str:
    """A name for the contents of the tarball @path, without reading it."""
    stat = path.stat()
    text = f"{stat.st_size} {stat.st_mtime_ns}"
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def newest_unpacked(line: lines.Line, cache: Path) -> Optional[Path]:
    """The newest tree of @line that has been unpacked in full, if any."""
    trees = [path for path in (cache / "src" / line.name).glob("tree-*")
             if (path / "Makefile").exists()]
    return max(trees, key=os.path.getmtime) if trees else None


def unpack(line: lines.Line, archive: Optional[Path], cache: Path,
           console: Console, whole: bool = False) -> Source:
    """Debian's tree, unpacked once: what a kernel is built from is there or nothing.

    @whole: all that Debian's tree has is wanted.
    Raises HostError if @archive cannot be unpacked.
    """
    folder = cache / "src" / line.name
    folder.mkdir(parents=True, exist_ok=True)
    if archive is None:
        found = newest_unpacked(line, cache)
        assert found
        tree = found
        if whole and unpacking.is_part(tree):
            archive = installed(line, folder)
            if not archive or tree != folder / f"tree-{_fingerprint(archive)}":
                raise HostError(f"{tree} lacks files that this takes, and its archive "
                                f"is gone; install {line.package} again")
    else:
        tree = folder / f"tree-{_fingerprint(archive)}"
    if archive:
        with lock.held(folder / "unpack.lock", lambda: console.note(
                "waiting for another run, which unpacks the source")):
            for rest in folder.glob(".unpack.*"):
                shutil.rmtree(rest, ignore_errors=True)
            if not tree.exists() or whole and unpacking.is_part(tree):
                console.begin(f"unpacking {'all of ' if whole else ''}{archive.name}")
                unpacking.unpack(archive, tree, whole)
                console.end()
    version, full = makefile_version((tree / "Makefile").read_text(encoding="utf-8"))
    if not line.covers(version):
        raise TestbedError(f"{archive} holds Linux {full}, not {line.name}; "
                           "remove it and try again")
    return _debians(tree, line, version, full)


def _debians(tree: Path, line: lines.Line, version: lines.Version,
             full: str) -> Source:
    package = line.package.replace("*", str(version[1]))
    return Source(tree, line, full, f"Debian's {package}",
                  f"debian:{tree.name}", True)


def present(line: lines.Line, cache: Path) -> Optional[Source]:
    """What unpack() gives for @line if it need not unpack anything, else None."""
    archive = installed(line)
    tree = newest_unpacked(line, cache)
    if archive:
        tree = cache / "src" / line.name / f"tree-{_fingerprint(archive)}"
    try:
        text = (tree / "Makefile").read_text(encoding="utf-8") if tree else ""
        version, full = makefile_version(text)
    except (OSError, ValueError):
        return None
    return _debians(tree, line, version, full) if tree else None


def identity(origin: Source) -> str:
    """Names @origin by what it holds: a tree that has changed has another identity.

    For a tree that others may change, each file is looked at.  Raises OSError.
    """
    if origin.frozen or origin.revision:
        return f"{origin.ident} {origin.revision}".rstrip()
    return f"{origin.ident} {scan(origin.path).digest}"
