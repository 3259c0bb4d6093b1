"""Sessions are transactions, callbacks wait for the commit, and an absent server has a name."""

import asyncio

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from thakur.db import Database, DatabaseUnavailable, ValueRefused


@pytest.fixture
async def notes(committed_db: Database):
    async with committed_db.session() as session:
        await session.execute(text("CREATE TABLE notes (word text)"))
    yield committed_db
    async with committed_db.session() as session:
        await session.execute(text("DROP TABLE notes"))


async def words(database: Database) -> list[str]:
    async with database.session() as session:
        return list(await session.scalars(text("SELECT word FROM notes ORDER BY word")))


async def test_a_session_commits_at_the_end_of_its_block(notes: Database) -> None:
    async with notes.session() as session:
        await session.execute(text("INSERT INTO notes VALUES ('kept')"))

    assert await words(notes) == ["kept"]


async def test_a_session_that_raises_leaves_nothing(notes: Database) -> None:
    with pytest.raises(ZeroDivisionError):
        async with notes.session() as session:
            await session.execute(text("INSERT INTO notes VALUES ('lost')"))
            raise ZeroDivisionError

    assert await words(notes) == []


async def test_callbacks_run_in_order_after_the_commit(notes: Database) -> None:
    seen: list[object] = []

    async def second() -> None:
        seen.append(await words(notes))

    async with notes.session() as session:
        notes.after_commit(session, lambda: seen.append("first"))
        notes.after_commit(session, second)
        await session.execute(text("INSERT INTO notes VALUES ('visible')"))
        assert seen == []

    assert seen == ["first", ["visible"]]


async def test_callbacks_of_a_session_that_rolled_back_never_run(notes: Database) -> None:
    seen: list[str] = []

    with pytest.raises(ZeroDivisionError):
        async with notes.session() as session:
            notes.after_commit(session, lambda: seen.append("never"))
            raise ZeroDivisionError

    assert seen == []


async def test_callbacks_do_not_run_when_the_commit_itself_fails(notes: Database) -> None:
    seen: list[str] = []
    async with notes.session() as session:
        await session.execute(
            text("ALTER TABLE notes ADD CONSTRAINT uq_word UNIQUE (word) DEFERRABLE INITIALLY DEFERRED")
        )

    with pytest.raises(DBAPIError, match="uq_word"):
        async with notes.session() as session:
            notes.after_commit(session, lambda: seen.append("never"))
            await session.execute(text("INSERT INTO notes VALUES ('twice'), ('twice')"))

    assert seen == []


async def test_a_raw_connection_copies_rows_in_one_transaction(notes: Database) -> None:
    async with notes.connection() as connection, connection.cursor().copy("COPY notes FROM STDIN") as copy:
        await copy.write_row(["copied"])

    with pytest.raises(ZeroDivisionError):
        async with notes.connection() as connection:
            await connection.execute("INSERT INTO notes VALUES ('lost')")
            raise ZeroDivisionError

    assert await words(notes) == ["copied"]


async def test_a_connection_that_the_server_cut_is_replaced(committed_db: Database, database_url: str) -> None:
    await committed_db.ping()
    other = Database(database_url)
    async with other.session() as session:
        await session.execute(
            text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()")
        )
    await other.close()

    await committed_db.ping()


async def test_a_server_that_cuts_a_running_query_is_unavailable(committed_db: Database) -> None:
    with pytest.raises(DatabaseUnavailable):
        async with committed_db.session() as session:
            await session.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))


async def test_an_absent_server_is_unavailable() -> None:
    database = Database("postgresql+psycopg://nobody@127.0.0.1:9/none")

    with pytest.raises(DatabaseUnavailable, match="does not answer"):
        await database.ping()


async def test_a_query_that_runs_too_long_is_ended_by_the_server(committed_db: Database) -> None:
    with pytest.raises(DBAPIError, match="statement timeout"):
        async with committed_db.session() as session:
            await session.execute(text("SET LOCAL statement_timeout = '20ms'"))
            await session.execute(text("SELECT pg_sleep(5)"))

    await committed_db.ping()


async def test_times_come_back_in_utc(db: Database) -> None:
    async with db.session() as session:
        (now,) = await session.execute(text("SELECT now()"))

    assert now[0].utcoffset().total_seconds() == 0


async def test_the_savepoint_database_shows_its_commits_and_keeps_nothing(db: Database, committed_db: Database) -> None:
    async with db.session() as session:
        await session.execute(text("CREATE TABLE notes (word text)"))
    with pytest.raises(ZeroDivisionError):
        async with db.session() as session:
            await session.execute(text("INSERT INTO notes VALUES ('lost')"))
            raise ZeroDivisionError
    async with db.connection() as connection:
        await connection.execute("INSERT INTO notes VALUES ('kept')")

    assert await words(db) == ["kept"]
    with pytest.raises(DBAPIError, match="does not exist"):
        await words(committed_db)


async def test_many_sessions_at_once_share_the_pool(committed_db: Database) -> None:
    async def ask(number: int) -> int:
        async with committed_db.session() as session:
            return int((await session.execute(text("SELECT :number"), {"number": str(number)})).scalar_one())

    assert await asyncio.gather(*(ask(number) for number in range(50))) == list(range(50))


@pytest.mark.parametrize("value", ["a\0b", 2**40])
async def test_a_value_that_no_row_can_hold_is_refused(db: Database, value: str | int) -> None:
    kind = "text" if isinstance(value, str) else "integer"
    with pytest.raises(ValueRefused):
        async with db.session() as session:
            await session.execute(text(f"SELECT CAST(:value AS {kind})"), {"value": value})


async def test_a_value_that_no_row_can_hold_is_refused_on_the_drivers_own_connection(db: Database) -> None:
    with pytest.raises(ValueRefused):
        async with db.connection() as connection:
            await connection.execute("SELECT %s::text", ("a\0b",))
