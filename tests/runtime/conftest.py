"""Folders where the embedded data base can live, for whoever runs the tests."""

import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from knockon.domain.reasons import Reason
from knockon.runtime.embedded import places
from knockon.runtime.embedded.cluster import Cluster

# Two clusters at a time need 150 MB.
_PLENTY = 1_000_000_000


@pytest.fixture
def room(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Give an empty folder, and keep the machine's own folders out of reach."""
    folder = open_folder()
    monkeypatch.setattr(places, "SHARED_ROOT", folder / "shared")
    monkeypatch.delenv("DATABASE_URL", raising=False)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def home(room: Path) -> Path:
    """Give the folder of an instance that does not exist yet."""
    return room / "home"


@pytest.fixture
def notes() -> list[Reason]:
    """Collect what a cluster tells."""
    return []


@pytest.fixture
def make_cluster(notes: list[Reason]) -> Iterator[Callable[..., Cluster]]:
    """Make clusters that are stopped after the test, whatever happens."""
    made: list[Cluster] = []

    def make(home: Path, **options: object) -> Cluster:
        made.append(Cluster(home, progress=notes.append, **options))  # type: ignore[arg-type]
        return made[-1]

    yield make
    for cluster in made:
        cluster.stop()


@pytest.fixture(scope="session")
def made_once() -> Iterator[Path]:
    """Give a stopped data directory that tests copy: making one takes longer than most tests."""
    folder = open_folder()
    cluster = Cluster(folder / "home")
    cluster.start()
    cluster.stop()
    yield cluster.place.data
    shutil.rmtree(folder)


@pytest.fixture
def cluster(make_cluster: Callable[..., Cluster], home: Path, made_once: Path) -> Cluster:
    """Give a cluster that runs."""
    made = make_cluster(home)
    subprocess.run(["cp", "-a", made_once, made.place.data], check=True)
    made.start()
    return made


def open_folder() -> Path:
    """Make a folder that every account can enter; pytest's own are closed to others.

    In memory if there is plenty: the servers write as durably as ever, and nobody waits for it.
    """
    memory = Path("/dev/shm")
    roomy = memory.is_dir() and shutil.disk_usage(memory).free > _PLENTY
    folder = Path(tempfile.mkdtemp(prefix="ko-", dir=memory if roomy else None))
    folder.chmod(0o755)
    return folder
