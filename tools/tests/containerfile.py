# SPDX-License-Identifier: GPL-2.0
"""Read the Containerfile, and do what it says without a container tool."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Sequence

from mmtestbed.model.repository import REPOSITORY

FILE = REPOSITORY / "Containerfile"


@dataclass(frozen=True)
class Step:
    """One instruction: its @word, and the @rest of the line."""

    word: str
    rest: str


def steps() -> list[Step]:
    """All instructions, in order."""
    text = re.sub(r"(?m)^#.*\n", "", FILE.read_text(encoding="utf-8")).replace("\\\n", " ")
    return [Step(*line.split(None, 1)) for line in text.splitlines() if line.strip()]


def packages() -> set[str]:
    """What is installed in the image."""
    [found] = [re.search(r"apt-get -q -y install (.*?) &&", step.rest) for step in steps()
               if "apt-get -q -y install" in step.rest]
    assert found
    return {word for word in found[1].split() if not word.startswith("-")}


class Chroot:
    """An image made in the folder @top, which holds the base already.

    Its command is that of the image: see run().
    """

    def __init__(self, top: Path) -> None:
        self.top = top
        self._env = {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
                     "HOME": "/root", "LANG": "C.UTF-8"}
        self._cwd = "/"
        self._entry: list[str] = []

    def build(self) -> str:
        """Do all steps; what has gone wrong, "" if nothing."""
        for step in steps()[1:]:
            if step.word == "RUN":
                done = self._call(["sh", "-c", step.rest])
                if done.returncode:
                    return f"{step.rest[:60]}: {done.stdout[-1500:]}"
            elif step.word == "COPY":
                _, to = step.rest.split()
                shutil.copytree(REPOSITORY, self.top / to[1:], symlinks=True,
                                ignore=shutil.ignore_patterns("__pycache__", ".git"))
            elif step.word == "ENV":
                for word in step.rest.split():
                    name, _, value = word.partition("=")
                    self._env[name] = value
            elif step.word == "WORKDIR":
                self._cwd = step.rest
            elif step.word == "ENTRYPOINT":
                self._entry = json.loads(step.rest)
            else:
                assert step.word == "CMD", step
        return ""

    def run(self, words: Sequence[str]) -> tuple[int, str]:
        """(exit code, output) of the image's command with @words."""
        done = self._call([*self._entry, *words])
        return done.returncode, done.stdout

    def _call(self, command: Sequence[str]) -> "subprocess.CompletedProcess[str]":
        """In mount and process namespaces of its own, so that nothing is left behind."""
        script = ('mount -t proc proc "$1/proc" && mount --rbind /dev "$1/dev" && '
                  'mount -t tmpfs -o exec tmpfs "$1/dev/shm" && cd "$1" && '
                  'exec chroot "$1" sh -c \'cd "$0" && exec "$@"\' "$2" "${@:3}"')
        env = {**self._env, **{key: value for key, value in os.environ.items()
                               if key.lower().endswith("_proxy")}}
        return subprocess.run(
            ["unshare", "--mount", "--pid", "--fork", "--kill-child", "bash", "-c", script,
             "chroot", str(self.top), self._cwd, *command], env=env,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            text=True, errors="replace", check=False)
