# SPDX-License-Identifier: GPL-2.0
"""Documentation/many-machines.rst: the recipes, with machines that are processes."""

import json
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

from tests import fake, recipes, support as units
from tests.e2e import ci_files, support
from tests.e2e.test_shards import lasting

DOCUMENT = "many-machines.rst"
CI = recipes.DOCUMENTS / "ci"
# What a machine does in place of its first run: one that would take for ever.
_HALF_WAY = """#!/bin/sh
[ -e "{flag}" ] && exec "{real}" "$@"
: > "{flag}"
"{real}" "$@" --repeat 100000 > "{log}" 2>&1 &
left=600
until grep -q '^running' "{log}"; do
	[ "$((left -= 1))" -gt 0 ] || exit 9
	sleep 0.05
done
echo "$!" > "{flag}.new"
mv "{flag}.new" "{flag}"
wait "$!"
"""
_SSHD = """
Port {port}
ListenAddress 127.0.0.1
HostKey {folder}/host
AuthorizedKeysFile {folder}/key.pub
StrictModes no
UsePAM no
PidFile none
PermitUserEnvironment no
SetEnv MMTB_CACHE={cache} KDIR={kdir} PYTHONDONTWRITEBYTECODE=1
"""
_SSH = """
Host *
  HostName 127.0.0.1
  User root
  IdentityFile {folder}/key
  StrictHostKeyChecking no
  UserKnownHostsFile /dev/null
  LogLevel ERROR
"""


def wait_for(path: Path, seconds: float = 60) -> str:
    """What is in @path once there is something."""
    limit = time.monotonic() + seconds
    while time.monotonic() < limit:
        if path.exists() and path.stat().st_size:
            return path.read_text(encoding="ascii").strip()
        time.sleep(0.05)
    raise AssertionError(f"{path} does not come")


def free_port() -> int:
    """A port that nobody listens to."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


class Farm(support.FakeCase):
    def setUp(self) -> None:
        super().setUp()
        for tool, package in (("parallel", "parallel"), ("rsync", "rsync")):
            if not shutil.which(tool):
                self.skipTest(f"{package} is not installed")
        # Below /root, a machine would hide it.
        folder = tempfile.TemporaryDirectory(prefix="mmtb-farm.", dir="/tmp")
        self.addCleanup(folder.cleanup)
        self.farm = Path(folder.name)
        (self.farm / "mm-testbed").symlink_to(self.world.top)
        # It asks for a citation unless it has been told once.
        (self.farm / ".parallel").mkdir()
        (self.farm / ".parallel" / "will-cite").touch()
        self.env = {**self.world.environment(), "PARALLEL_HOME": str(self.farm / ".parallel")}

    def whole(self, script: str, *words: str) -> Any:
        """What one machine finds."""
        path = self.tmp / "one.json"
        self.expect(0, self.call(*words, "--json", str(path), script=script))
        return json.loads(path.read_text("utf-8"))

    def same(self, name: str, script: str = "run") -> None:
        """The farm has found what one machine finds."""
        many = json.loads((self.farm / name).read_text("utf-8"))
        self.assertEqual(lasting(many), lasting(self.whole(script)))
        self.assertEqual(many["missing_shards"], [])
        self.assertEqual(len(many["merged"]), len(list(self.farm.glob("*[1-4].json"))))

    def jobs(self, name: str = "farm.log") -> list[list[str]]:
        """The lines of the log of jobs: (number, host, ..., exit code, signal, command)."""
        return [line.split("\t") for line in (self.farm / name).read_text(
            encoding="utf-8").splitlines()[1:]]

    def broken_machine(self, path: Path) -> Path:
        """Make @path an mmt that comes half-way the first time; a file that says when."""
        flag = path.parent / "half-way"
        path.unlink(missing_ok=True)
        path.write_text(_HALF_WAY.format(flag=flag, log=path.parent / "log",
                                         real=self.world.top / "scripts/mmt"), encoding="ascii")
        path.chmod(0o755)
        return flag


class Local(Farm):
    """The machines are workers of parallel's own."""

    def setUp(self) -> None:
        super().setUp()
        (self.farm / "machines").write_text("2/:\n", encoding="ascii")

    def test_run(self) -> None:
        code, said = recipes.run(recipes.recipe(DOCUMENT, "farm-run"), self.farm, self.env)
        self.assertEqual(code, 0, said)
        self.same("all.json")
        self.assertEqual([job[6] for job in self.jobs()], ["0"] * 4)

    def test_controls(self) -> None:
        code, said = recipes.run(recipes.recipe(DOCUMENT, "farm-controls"), self.farm, self.env)
        self.assertEqual(code, 0, said)
        self.same("controls.json", "controls")

    def test_a_worker_is_killed(self) -> None:
        """Its shard is run again, and nothing is lost."""
        (self.farm / "mm-testbed").unlink()
        mmt = self.farm / "mm-testbed/scripts/mmt"
        mmt.parent.mkdir(parents=True)
        mmt.symlink_to(self.world.top / "scripts/mmt")
        first, rest = recipes.recipe(DOCUMENT, "farm-run").split("\n", 1)
        self.assertEqual(recipes.run(first, self.farm, self.env)[0], 0)
        flag = self.broken_machine(mmt)
        with subprocess.Popen(["bash", "-c", rest], cwd=self.farm, env={**os.environ, **self.env},
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              text=True) as process:
            os.kill(int(wait_for(flag)), signal.SIGKILL)
            said, _ = process.communicate(timeout=120)
        self.assertEqual(process.returncode, 0, said)
        self.same("all.json")

    def test_a_case_that_fails_is_a_result(self) -> None:
        """It is not tried until it passes."""
        text = recipes.recipe(DOCUMENT, "farm-run").replace(
            "--pack", f"--with {fake.control('mw-2-waiter-keeps-page-ref')} --pack")
        code, said = recipes.run(text, self.farm, self.env)
        self.assertEqual(code, 1, said)
        self.assertIn("FAIL: ", said.splitlines()[-1])
        self.assertEqual(said.count("FAIL  migration_wait.waiter_holds_no_reference"), 1)
        self.assertEqual([job[6] for job in self.jobs()], ["0"] * 4)


class Ssh(Farm):
    """The machines are ssh servers with homes and processes of their own."""

    def setUp(self) -> None:
        super().setUp()
        support.needs_root(self)
        self.sshd = shutil.which("sshd", path="/usr/sbin:/sbin")
        if not self.sshd or not shutil.which("ssh"):
            self.skipTest("openssh-server is not installed")
        for name in ("host", "key"):
            units.check("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f",
                                str(self.farm / name))
        config = self.farm / "ssh.config"
        self.machines: list["subprocess.Popen[bytes]"] = []
        lines = [_SSH.format(folder=self.farm)]
        for number in (1, 2):
            port = free_port()
            lines.insert(0, f"Host m{number}\n  Port {port}\n")
            self.machines.append(self.machine(number, port))
        config.write_text("".join(lines), encoding="ascii")
        (self.farm / "machines").write_text("m1\nm2\n", encoding="ascii")
        self.env["PARALLEL_SSH"] = f"ssh -F {config}"

    def machine(self, number: int, port: int) -> "subprocess.Popen[bytes]":
        """Start machine @number, whose ssh server listens to @port."""
        assert self.sshd
        place = self.farm / f"machine{number}"
        (place / "mm-testbed/scripts").mkdir(parents=True)
        (place / "mm-testbed/scripts/mmt").symlink_to(self.world.top / "scripts/mmt")
        config = self.farm / f"sshd{number}"
        config.write_text(_SSHD.format(port=port, folder=self.farm, cache=self.world.cache,
                                       kdir=self.world.kdir), encoding="ascii")
        home = os.path.expanduser("~root")
        process = subprocess.Popen(
            ["unshare", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc", "sh", "-c",
             f"mount --bind {place} {home} && mkdir -p /run/sshd && "
             f"exec {self.sshd} -D -e -f {config}"],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        self.addCleanup(self.off, process)
        assert process.stderr
        for line in process.stderr:
            if b"listening" in line:
                return process
        self.skipTest("no mounts of one's own to make a machine of")

    @staticmethod
    def off(process: "subprocess.Popen[bytes]") -> None:
        """Switch a machine off: all that runs on it is gone."""
        process.kill()
        process.wait()
        assert process.stderr
        process.stderr.close()

    def test_two_machines(self) -> None:
        code, said = recipes.run(recipes.recipe(DOCUMENT, "farm-run"), self.farm, self.env)
        self.assertEqual(code, 0, said)
        self.same("all.json")
        self.assertEqual({job[1] for job in self.jobs()}, {"m1", "m2"})
        # The kernel has been there, and is gone.
        for number in (1, 2):
            self.assertEqual([path.name for path in (self.farm / f"machine{number}").iterdir()
                              if path.suffix in (".gz", ".json")], [])

    def test_a_machine_dies(self) -> None:
        """Half-way: the other one does its shard."""
        flag = self.broken_machine(self.farm / "machine2/mm-testbed/scripts/mmt")
        text = recipes.recipe(DOCUMENT, "farm-run")
        with subprocess.Popen(["bash", "-c", text], cwd=self.farm, env={**os.environ, **self.env},
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              text=True) as process:
            wait_for(flag)
            self.off(self.machines[1])
            said, _ = process.communicate(timeout=200)
        self.assertEqual(process.returncode, 0, said)
        self.same("all.json")
        self.assertEqual({job[1] for job in self.jobs() if job[6] == "0"}, {"m1"}, said)


class Ci(support.FakeCase):
    """The files for two systems, read as these read them."""

    def pipeline(self, name: str, *, bad: bool = False) -> ci_files.Pipeline:
        """Run the file @name; @bad: on a kernel in which a case fails."""
        kdir = str(fake.plant(self.tmp / "linux"))
        if bad:
            fake.apply(fake.control("mw-2-waiter-keeps-page-ref"), Path(kdir))
        (self.tmp / "ci").mkdir()
        pipeline = ci_files.Pipeline(self.tmp / "ci", self.checkout, self.world.environment(kdir))
        getattr(ci_files, name)(CI / f"{name}.yml", pipeline)
        return pipeline

    def checkout(self, place: Path) -> None:
        place.mkdir()
        for path in self.world.top.iterdir():
            (place / path.name).symlink_to(path)

    def check(self, name: str, verdict: str, bad: bool = False) -> None:
        pipeline = self.pipeline(name, bad=bad)
        self.assertEqual({job: code for job, code in pipeline.codes.items() if code},
                         {"verdict": 1} if bad else {}, pipeline.said)
        shards = [job for job in pipeline.codes if job.startswith("shard ")]
        self.assertEqual(len(shards), 4)
        data = json.loads((self.tmp / "ci/artifacts" / verdict / "all.json").read_text("utf-8"))
        if not bad:
            self.assertEqual((data["verdict"], data["counts"]["passed"], data["boots"] >= 4),
                             ("pass", 14, True))
        self.assertEqual([each["shard"] for each in data["merged"]],
                         [f"{index}/4" for index in (1, 2, 3, 4)])
        self.assertTrue((self.tmp / "ci/verdict/all.xml").exists())

    def test_github(self) -> None:
        self.check("github", "verdict")

    def test_gitlab(self) -> None:
        self.check("gitlab", "verdict")

    def test_a_case_fails(self) -> None:
        """The job with the verdict is the one that fails, and it keeps its files."""
        for name in ("github", "gitlab"):
            with self.subTest(name):
                shutil.rmtree(self.tmp / "ci", ignore_errors=True)
                shutil.rmtree(self.tmp / "linux", ignore_errors=True)
                self.check(name, "verdict", True)
