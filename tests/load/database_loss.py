"""Writers on a server that goes on while its database is killed: no acknowledged write is lost."""

from collections import Counter
from pathlib import Path
from typing import Protocol

from tests.load.harness import Server, recipes_on, run_load

WRITERS = 4


class Killable(Protocol):
    """A database that can be killed, and started again or in another place."""

    def kill(self) -> None: ...

    def start(self) -> None: ...


class _ServerOver(Server):
    """A server of which not the process is killed, but its database."""

    database: Killable

    def kill(self) -> None:
        self.database.kill()

    def start(self) -> None:
        if self.child is None:
            super().start()
        else:
            self.database.start()


def assert_no_write_is_lost(
    folder: Path, database: Killable, url: str, *, writes: int, kills: int
) -> None:
    """Kill the database so often under writers; url: where a server finds it throughout."""
    server = _ServerOver(folder, DB_PATH="", DATABASE_URL=url)
    server.database = database
    server.command("migrate")
    reports = run_load(server, writers=WRITERS, writes=writes, readers=1, kills=kills)
    expected = {name: amount for each in reports for name, amount in each.recipes.items()}
    found = recipes_on(server)
    server.stop()
    statuses = sum((Counter(each.statuses) for each in reports), Counter())
    print(f"{kills} kills: answers {dict(statuses)}, {len(expected)} recipes")
    assert [each.complaints for each in reports if each.complaints] == []
    assert found == expected
