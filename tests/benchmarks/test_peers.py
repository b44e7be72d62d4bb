import json
import sqlite3

import pytest
from benchmarks.plant import UnequalAnswers

from benchmarks import peers


def test_peers_that_are_installed_find_the_same_and_others_are_named(monkeypatch):
    monkeypatch.setitem(peers.PEERS, "Nobody", ("no_such_module", peers.PEERS["SQLite"][1]))

    report = peers.run(links=5_000)

    rows = {row.peer: row for row in report.measured}
    assert rows["SQLite"].version == sqlite3.sqlite_version
    assert rows["SQLite"].times_ours > 0
    assert rows["Nobody"].version is None
    assert "Nobody      is not installed" in peers.as_table(report)
    assert json.loads(peers.as_json(report))["reached"] == report.reached


def test_a_peer_that_finds_something_else_stops_the_bench(monkeypatch):
    monkeypatch.setitem(
        peers.PEERS, "SQLite", ("sqlite3", lambda module, grown, cone: lambda: len(cone.lots))
    )

    with pytest.raises(UnequalAnswers, match="SQLite"):
        peers.run(links=5_000)
