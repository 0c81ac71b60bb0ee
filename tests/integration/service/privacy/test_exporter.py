"""What a member takes along, as archives that fit the upload limit."""

import io
import json
import zipfile
from dataclasses import replace

import pytest

from bot.domain.act import Act
from bot.domain.requests.quota import Rule
from bot.domain.requests.quota_rules import PartialRule, Scope
from bot.errors import MemberError, PriceNotAgreed
from bot.storage.moderation.moderation import SqliteModeration
from tests.integration.service.privacy.test_erasure import deliver
from tests.support.ledger import make_new_job

LIMIT = 10 * 1024 * 1024


def opened(archive):
    with zipfile.ZipFile(io.BytesIO(archive.data)) as zipped:
        assert zipped.testzip() is None
        return {name: zipped.read(name) for name in zipped.namelist()}


def documents(files):
    return {name: json.loads(content) for name, content in files.items() if name.endswith(".json")}


async def test_who_has_nothing_gets_nothing(service):
    assert await service.exporter.archive(1, 1, LIMIT) is None


async def test_an_export_has_what_is_the_members_and_nothing_of_others(service, tmp_path):
    await service.start()
    mine = await deliver(service, prompt="my own fox")
    await deliver(service, member_id=2, prompt="somebody else's owl")
    moderation = SqliteModeration(service.database, service.clock)
    await service.servers.set_rule(service.act(), Scope.MEMBER, 1, PartialRule(free_images=7, budget_micros=250_000))
    await service.servers.grant(service.act("quota.grant", reason="a contest"), 1, 300_000)
    moderator = 555_555_555
    case = await moderation.block(Act(4001, 1, moderator, "mod.block", "rude words"), 1, 0)
    await moderation.note(Act(4002, 1, moderator, "mod.note"), case.number, "a note among moderators")
    await moderation.appeal(Act(4003, 1, 1, "appeal.add"), case.id, "I was not", "en-US")
    await moderation.block(Act(4004, 1, moderator, "mod.block", "another one's words"), 2, 0)
    files = opened(await service.exporter.archive(1, 1, LIMIT))
    found = documents(files)
    about, (job,), rows = found["about-you.json"], found["jobs-1.json"], found["ledger-1.json"]
    assert about["discord_id"] == "1"
    assert about["rules"] == [
        {
            "server": "1",
            "free_images": 7,
            "images_per_job": None,
            "active_jobs": None,
            "cooldown_s": None,
            "budget_cny": "0.25",
        }
    ]
    assert [(one["kind"], one["reason"], one["until"]) for one in about["cases"]] == [("block", "rude words", None)]
    assert [one["until"] for one in about["blocks"]] == ["for good"]
    assert [(one["text"], one["state"]) for one in about["appeals"]] == [("I was not", "open")]
    assert (job["number"], job["prompt"], job["charged"]["free_images"]) == (mine.number, "my own fox", 1)
    assert ("credit in CNY", "0.3", "a contest") in {(row["of"], row["granted"], row["reason"]) for row in rows}
    picture = job["images"][0]["file"]
    assert files[picture] == (tmp_path / "images" / mine.kept[0].path).read_bytes()
    everything = b"".join(files.values()).decode(errors="replace")
    for foreign in ("owl", "another one's", "a note among", str(moderator), "cost", "sk-"):
        assert foreign not in everything


async def test_refusals_price_offers_and_what_outlasted_an_earlier_forgetting_are_in_it(service):
    await service.start()
    await deliver(service)
    await service.jobs.record_refusal(1, 1, "channel-closed")
    terms = replace(service.quotas.terms(), rule=Rule(0, 9_000_000, 4, 10, 0))
    with pytest.raises(PriceNotAgreed):
        await service.jobs.submit(make_new_job(4005, 2, 1, next(iter(terms.catalogue)), may_pay=False), terms)
    about = documents(opened(await service.exporter.archive(1, 1, LIMIT)))["about-you.json"]
    assert [one["reason"] for one in about["refused_requests"]] == ["channel-closed"]
    assert [one["request"]["prompt"] for one in about["waiting_for_your_answer"]] == ["a flower shop"]
    await service.erasure.forget(5, 1)
    about = documents(opened(await service.exporter.archive(1, 1, LIMIT)))["about-you.json"]
    assert (about["account"], about["refused_requests"]) == (None, [])
    (kept,) = about["kept_since_you_were_forgotten"]
    assert (kept["kind"], kept["used"]) == ("allowance", 1)


async def test_what_a_member_reported_and_a_refused_prompt_that_is_to_be_told_are_in_it(service):
    await service.start()
    await service.servers.change_settings(service.act(), lambda old: replace(old, log_channel=77))
    theirs = await deliver(service, member_id=2)
    await service.complaining.report(replace(service.act("member.report"), actor_id=1), theirs)
    await service.jobs.record_refusal(1, 1, "prompt-breaks-word", rule_id=1, prompt="a gore shop")
    about = documents(opened(await service.exporter.archive(1, 1, LIMIT)))["about-you.json"]
    assert [(one["server"], one["number"]) for one in about["reports_you_made"]] == [("1", theirs.number)]
    assert [one["prompt"] for one in about["refused_prompts_to_be_told_moderators"]] == ["a gore shop"]
    theirs_about = documents(opened(await service.exporter.archive(2, 1, LIMIT)))["about-you.json"]
    assert (theirs_about["reports_you_made"], theirs_about["refused_prompts_to_be_told_moderators"]) == ([], [])


async def test_the_roles_that_are_kept_with_a_request_are_in_it(service):
    await service.start()
    await service.servers.set_rule(service.act(), Scope.ROLE, 31, PartialRule(free_images=7))
    terms = service.quotas.terms()
    await service.jobs.submit(make_new_job(4005, 1, 1, next(iter(terms.catalogue)), roles=[31, 32]), terms)
    (job,) = documents(opened(await service.exporter.archive(1, 1, LIMIT)))["jobs-1.json"]
    assert job["roles_with_a_rule"] == ["31"]


async def test_a_picture_that_cannot_be_read_keeps_nothing_else_from_its_member(service, tmp_path, caplog):
    await service.start()
    bad, good = await deliver(service, prompt="fox"), await deliver(service, prompt="owl")
    file = tmp_path / "images" / bad.kept[0].path
    file.unlink()
    # A file that nobody can read from its beginning, whoever runs the test.
    file.symlink_to("/proc/self/mem")
    archive = opened(await service.exporter.archive(1, 1, LIMIT))
    pictures = [content for name, content in archive.items() if not name.endswith(".json")]
    assert pictures == [(tmp_path / "images" / good.kept[0].path).read_bytes()]
    assert f"{file.name} can't be read" in caplog.text
    assert str(tmp_path) not in caplog.text


async def test_parts_fit_the_limit_and_have_everything_together_once(service, tmp_path):
    await service.start()
    jobs = [await deliver(service, prompt=f"fox {number}") for number in range(4)]
    for job in jobs:
        (tmp_path / "images" / job.kept[0].path).write_bytes(bytes(30_000))
    whole = opened(await service.exporter.archive(1, 1, LIMIT))
    limit = 65_000
    first = await service.exporter.archive(1, 1, limit)
    assert first.parts == 2
    assert (first.pictures, first.too_large) == (len(jobs), 0)
    parts = [await service.exporter.archive(1, part, limit) for part in range(1, first.parts + 1)]
    assert all(len(part.data) <= limit for part in parts)
    names = [name for part in parts for name in opened(part)]
    assert sorted(names) == sorted(whole)
    for part in (0, first.parts + 1):
        with pytest.raises(MemberError, match="no-such-part"):
            await service.exporter.archive(1, part, limit)


async def test_a_picture_that_no_part_can_carry_is_counted_and_one_that_is_gone_is_left_out(service, tmp_path):
    await service.start()
    kept, gone = await deliver(service), await deliver(service)
    (tmp_path / "images" / kept.kept[0].path).write_bytes(b"x" * 60_000)
    (tmp_path / "images" / gone.kept[0].path).unlink()
    archive = await service.exporter.archive(1, 1, 50_000)
    assert (archive.parts, archive.pictures, archive.too_large) == (1, 1, 1)
    assert all(name.endswith(".json") for name in opened(archive))
