"""What `make` installs: the locks as they stand, once, and never half. The packages are made up here; pip is real."""

import hashlib
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
VERSION = f"{sys.version_info[0]}.{sys.version_info[1]}"
RUNTIME, DEV = f".venv/.installed-{VERSION}-runtime", f".venv/.installed-{VERSION}-dev"

OLD_PYTHON = "sys.version_info = (3, 10, 12)"
NO_VENV = "sys.modules['ensurepip'] = None"


class Machine:
    """A folder with the Makefile and two locks of made-up packages, as a clone has them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "Makefile").write_bytes((ROOT / "Makefile").read_bytes())
        self.wheels = folder / "wheels"
        self.wheels.mkdir()

    def wheel(self, name: str, version: str, *metadata: str) -> str:
        """Make a package that holds one module; return its line for a lock."""
        info = f"{name}-{version}.dist-info"
        about = "\n".join(["Metadata-Version: 2.1", f"Name: {name}", f"Version: {version}", *metadata, ""])
        parts = {
            f"{name}.py": f"VERSION = '{version}'\n",
            f"{info}/METADATA": about,
            f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        }
        file = self.wheels / f"{name}-{version}-py3-none-any.whl"
        with zipfile.ZipFile(file, "w") as archive:
            for path, text in {**parts, f"{info}/RECORD": "".join(f"{path},,\n" for path in parts)}.items():
                archive.writestr(zipfile.ZipInfo(path), text)
        return f"{name}=={version} --hash=sha256:{hashlib.sha256(file.read_bytes()).hexdigest()}"

    def lock(self, runtime: list[str], dev: list[str]) -> None:
        for name, lines in (("requirements.lock", runtime), ("requirements-dev.lock", [*runtime, *dev])):
            text = "\n".join(["--no-index", f"--find-links {self.wheels}", *lines, ""])
            (self.folder / name).write_text(text, encoding="utf-8")

    def make(self, *arguments: str, python: str = sys.executable) -> subprocess.CompletedProcess[str]:
        # The tests may themselves run under make, which hands its variables down.
        clean = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("MAKE", "MFLAGS", "PIP_", "WITH_PIP", "PYTHON"))
        }
        return subprocess.run(
            ["make", f"PYTHON={python}", *arguments],
            cwd=self.folder,
            env={**clean, "PIP_CONFIG_FILE": os.devnull},
            capture_output=True,
            text=True,
            timeout=110,
            check=False,
        )

    def python(self, before: str) -> str:
        """Make a Python that does something before each ``-c``; return its path."""
        program = f"import sys; {before}; exec(sys.argv.pop(1))"
        script = self.folder / "python"
        script.write_text(f'#!/bin/sh\nshift\nexec {sys.executable} -c "{program}" "$@"\n', encoding="utf-8")
        script.chmod(0o755)
        return str(script)

    def installed(self) -> set[str]:
        site = self.folder / ".venv" / "lib" / f"python{VERSION}" / "site-packages"
        return {path.name.removesuffix(".dist-info") for path in site.glob("*.dist-info")} & self.known()

    def known(self) -> set[str]:
        return {"-".join(file.name.split("-")[:2]) for file in self.wheels.iterdir()}

    def has(self, path: str) -> bool:
        return (self.folder / path).exists()


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_the_locks_are_installed_as_they_stand_and_only_when_they_change(machine: Machine):
    # A package asks for another with an extra and would take a newer release: an older pip then refuses the pinned one.
    plug = machine.wheel("plug", "1.0", "Requires-Dist: core[extra]>=1.0")
    core = machine.wheel("core", "1.0", "Provides-Extra: extra")
    machine.wheel("core", "2.0", "Provides-Extra: extra")
    machine.lock([core, plug], [machine.wheel("linter", "1.0", "Requires-Dist: core<2")])

    assert "requirements-dev.lock" not in machine.make("-n", "story").stdout
    first = machine.make("install")
    assert first.returncode == 0, first.stderr
    assert machine.installed() == {"core-1.0", "plug-1.0"}

    made = machine.make(DEV)
    assert made.returncode == 0, made.stderr
    assert machine.installed() == {"core-1.0", "plug-1.0", "linter-1.0"}
    for target in ("install", "story", "run", "check"):
        assert "pip" not in machine.make("-n", target).stdout, target

    # What only the former lock pinned would else stay, and here it contradicts the new one.
    machine.lock([machine.wheel("core", "3.0")], [])
    assert machine.make("install").returncode == 0
    assert machine.installed() == {"core-3.0"}
    assert not machine.has(DEV)

    # An environment of another Python is made anew, too.
    (machine.folder / RUNTIME).rename(machine.folder / ".venv/.installed-3.0-runtime")
    assert "rm -rf .venv" in machine.make("-n", "story").stdout


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_what_was_installed_in_part_is_not_taken_for_the_whole(machine: Machine):
    core, plug = machine.wheel("core", "1.0"), machine.wheel("plug", "1.0", "Requires-Dist: missing")
    machine.lock([core.replace("sha256:", "sha256:0")[:-1]], [])
    assert "hash" in machine.make("install").stderr.lower()
    assert machine.installed() == set()
    assert not machine.has(RUNTIME)

    machine.lock([core], [plug])
    refused = machine.make(DEV)
    assert refused.returncode != 0
    assert "plug 1.0 requires missing, which is not installed" in refused.stdout
    assert machine.installed() == {"core-1.0", "plug-1.0"}
    assert machine.has(RUNTIME)
    assert not machine.has(DEV)


@pytest.mark.parametrize(
    ("before", "sentence"),
    [
        (OLD_PYTHON, "Python 3.11 or newer is needed, and {python} is 3.10: install one and name it"),
        (NO_VENV, "{python} comes without venv and pip: install them (on Debian and Ubuntu: apt install python3-venv)"),
    ],
)
def test_a_python_that_will_not_do_is_named_and_nothing_is_begun(machine: Machine, before: str, sentence: str):
    machine.lock([], [])
    (machine.folder / ".venv").mkdir()
    python = machine.python(before)
    refused = machine.make("story", python=python)
    assert refused.returncode != 0
    first, *rest = refused.stderr.splitlines()
    assert first.startswith(sentence.format(python=python))
    assert all("make: ***" in line for line in rest)
    assert machine.has(".venv")


def test_a_python_that_is_not_there_is_named(machine: Machine):
    machine.lock([], [])
    refused = machine.make("story", python="no-such-python")
    assert refused.returncode != 0
    assert refused.stderr.startswith("Python 3.11 or newer is needed, and no-such-python is not there: install it\n")
    assert not machine.has(".venv")
