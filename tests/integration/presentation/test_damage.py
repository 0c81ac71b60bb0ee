"""A damaged job, storage that is away, or a defect in one message leaves the others alone."""

import asyncio

from bot.errors import StorageDamaged, StorageUnavailable
from bot.failure_kinds import Advice
from tests.support.stage import TURBO, Stage, ask, settle_down, text


async def test_a_look_that_fails_is_followed_by_others(st, monkeypatch, caplog):
    caplog.set_level("INFO")
    await ask(st)
    job = await st.until(1, lambda job: job.version == job.shown)
    real, failures = st.jobs.unshown, [KeyError("defect"), StorageUnavailable("locked")]

    async def unshown(model: str = ""):
        if failures:
            raise failures.pop()
        return await real(model)

    monkeypatch.setattr(st.jobs, "unshown", unshown)
    await st.jobs.wish_cancel(job.id, st.mei.user.id)
    for _ in range(3):
        st.presenter.look_again()
        await settle_down(5)
    await st.until(1, lambda job: job.version == job.shown)
    assert "looking for messages that are behind: waits for storage: locked" in caplog.text
    assert "looking for messages that are behind failed, reference" in caplog.text


async def spoil_prompt(st: Stage, job_id: int, value: str) -> None:
    """Put what is no text into a job's row, as a flipped bit on the disk does; or a text again."""
    await st.store.write(
        lambda conn: conn.execute(f"UPDATE jobs SET prompt = CAST({value} AS TEXT) WHERE id = ?", (job_id,)).rowcount
    )


async def test_a_job_that_lies_in_damage_is_told_as_an_error_once_and_looked_at_seldom(st, monkeypatch, caplog):
    caplog.set_level("INFO")
    await ask(st)
    job = await st.hand_over()
    await spoil_prompt(st, job.id, "X'ff'")
    reads, real = 0, st.jobs.get

    async def get(job_id: int):
        nonlocal reads
        reads += 1
        return await real(job_id)

    monkeypatch.setattr(st.jobs, "get", get)
    for _ in range(300):
        await asyncio.sleep(0.01)
        st.clock.advance(10)
    assert "waits for storage" not in caplog.text
    told = [one for one in caplog.records if "can't be brought up to date" in one.getMessage()]
    assert [one.levelname for one in told] == ["ERROR"]
    # Fifty minutes: at least half of five minutes lie between two looks.
    assert 2 <= reads <= 25
    assert st.store.damage.is_there
    await spoil_prompt(st, job.id, "'a cat'")
    st.presenter.look_again()
    assert "Drawing" in (await st.shown()).text


async def test_a_damaged_job_keeps_no_other_message_from_being_brought_up(st):
    await ask(st)
    await ask(st, who="tom", number=2)
    job = await st.hand_over()
    for one in (job, await st.job(2)):
        await st.jobs.wish_cancel(one.id, st.mei.user.id)
    await spoil_prompt(st, job.id, "X'ff'")
    st.presenter.look_again()
    await st.until(2, lambda job: job.version == job.shown)
    assert await st.jobs.unshown() == [job.id]


async def test_a_damaged_job_keeps_no_other_of_its_lane_from_moving_up(st):
    await ask(st)
    used = await ask(st, who="tom", number=2)
    await spoil_prompt(st, (await st.job()).id, "X'ff'")
    await st.lanes.stop(TURBO, "ModelNotFound", Advice.MODEL)
    st.changes.lane(TURBO)
    await st.until(2, lambda job: job.version == job.shown)
    assert "Paused" in text(used)


async def test_a_search_for_what_is_behind_that_meets_damage_is_an_error(st, monkeypatch, caplog):
    await ask(st)
    job = await st.until(1, lambda job: job.version == job.shown)
    real, failures = st.jobs.unshown, [StorageDamaged("a page")]

    async def unshown(model: str = ""):
        if failures:
            raise failures.pop()
        return await real(model)

    monkeypatch.setattr(st.jobs, "unshown", unshown)
    await st.jobs.wish_cancel(job.id, st.mei.user.id)
    for _ in range(3):
        st.presenter.look_again()
        await settle_down(5)
    await st.until(1, lambda job: job.version == job.shown)
    (told,) = [one for one in caplog.records if "meets the damaged part" in one.getMessage()]
    assert told.levelname == "ERROR"
    assert told.exc_info is None


async def test_a_message_waits_for_storage(st, monkeypatch, caplog):
    caplog.set_level("INFO")
    await ask(st)
    real, failures = st.jobs.get, [StorageUnavailable("locked")] * 4

    async def get(job_id: int):
        if failures:
            raise failures.pop()
        return await real(job_id)

    monkeypatch.setattr(st.jobs, "get", get)
    await st.hand_over()
    assert "Drawing" in (await st.shown()).text
    assert "waits for storage" in caplog.text


async def test_a_lane_that_cannot_be_looked_at_is_looked_at_again(st, monkeypatch, caplog):
    caplog.set_level("INFO")
    used = await ask(st)
    real, failures = st.jobs.unshown, [StorageUnavailable("locked")]

    async def unshown(model: str = ""):
        if failures:
            raise failures.pop()
        return await real(model)

    monkeypatch.setattr(st.jobs, "unshown", unshown)
    await st.lanes.stop(TURBO, "ModelNotFound", Advice.MODEL)
    st.changes.lane(TURBO)
    for _ in range(200):
        if "Paused" in text(used):
            break
        await asyncio.sleep(0.02)
        st.clock.advance(2)
    assert "Paused" in text(used)
    assert f"looking at the messages of lane {TURBO}: waits for storage" in caplog.text


async def test_a_defect_in_one_message_leaves_the_others(st, monkeypatch, caplog):
    used = await ask(st)
    real = st.jobs.get

    async def get(job_id: int):
        monkeypatch.setattr(st.jobs, "get", real)
        raise RuntimeError("defect")

    monkeypatch.setattr(st.jobs, "get", get)
    job = await st.hand_over()
    await settle_down()
    st.clock.advance(5)
    await settle_down()
    assert "keeping messages up to date failed, reference" in caplog.text
    st.changes.job(job.id)
    await st.until(1, lambda job: job.version == job.shown)
    assert "Drawing" in text(used)


async def test_an_unexpected_error_of_a_button_is_answered_with_a_reference(st, caplog):
    async def broken(*_):
        raise RuntimeError("secret detail")

    used = await ask(st)
    st.client.router._handlers["job"] = broken
    answer = await (await st.mei.press(used.message, "Cancel")).response()
    # The stand-in calls the pressed message the reply; a private answer is the newest that mei sees.
    said = [answer, *st.mei.read()][-1]
    assert said.ephemeral
    assert said.text.rsplit(" ", 1)[1] in caplog.text
