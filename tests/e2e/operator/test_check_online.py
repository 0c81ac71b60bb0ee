"""The check of the configuration, as a process, with the question whether the models are still offered."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

from bot.domain.requests.catalogue import BUILT_IN
from sandbox.clock import SandboxClock
from sandbox.dashscope import DashScopeStandIn
from sandbox.faults import Fault
from tests.support.operator_commands import command, write_config

ENABLED = ("wanx2.1-t2i-turbo", "wanx2.1-t2i-plus", "wan2.7-image")


@asynccontextmanager
async def checked(folder: Path) -> AsyncGenerator[DashScopeStandIn]:
    """An image service that the configuration names, with three models enabled."""
    async with DashScopeStandIn(clock=SandboxClock()) as vendor:
        write_config(folder, vendor.base_url)
        others = [name for name, model in BUILT_IN.items() if model.is_offered and name not in ENABLED]
        tables = "".join(f'[models."{name}"]\nenabled = false\n' for name in others)
        with (folder / "config.toml").open("a") as config:
            config.write(f'\n[discord]\ntoken = "t"\n{tables}')
        yield vendor


async def test_a_check_asks_nobody_unless_it_is_told_to(tmp_path: Path):
    async with checked(tmp_path) as vendor:
        code, said, _ = await command(tmp_path, "check")
        assert (code, "3 models" in said) == (0, True)
        assert said.splitlines()[2] == (
            "A server's pool is about 142 pictures a month with wanx2.1-t2i-turbo; 15 active members can use it up in"
            " a day. The cap over all servers is about 357."
        )
        assert vendor.requests == []


async def test_a_check_online_says_of_each_model_whether_it_is_offered(tmp_path: Path):
    async with checked(tmp_path) as vendor:
        vendor.offline_times = {ENABLED[1]: "2096-12-24", ENABLED[2]: "2021-12-24 00:00:00"}
        code, said, faults = await command(tmp_path, "check", "--online")
        assert (code, faults) == (0, "")
        assert said.splitlines()[1:] == [
            "wanx2.1-t2i-turbo: is offered",
            "wanx2.1-t2i-plus: retires on 2096-12-24",
            "wan2.7-image: is offered, and was to go offline on 2021-12-24",
        ]


async def test_a_model_that_is_not_offered_any_more_is_a_fault_of_the_configuration(tmp_path: Path):
    async with checked(tmp_path) as vendor:
        vendor.unlisted.add(ENABLED[1])
        vendor.faults.add("models", Fault(status=503), matches=lambda request: request.query["model"] == ENABLED[2])
        code, said, faults = await command(tmp_path, "check", "--online")
        assert code == 2
        assert said.splitlines()[1:] == ["wanx2.1-t2i-turbo: is offered"]
        assert faults.splitlines() == [
            "wan2.7-image: no clear answer: http_503",
            f'{tmp_path / "config.toml"}: models."wanx2.1-t2i-plus": is not offered any more;'
            " switch it off (enabled = false), or name its successor",
        ]


async def test_a_key_that_is_refused_is_a_fault_in_one_line(tmp_path: Path):
    async with checked(tmp_path) as vendor:
        file = tmp_path / "config.toml"
        file.write_text(file.read_text().replace("sk-sandbox", "sk-of-another-region"))
        code, said, faults = await command(tmp_path, "check", "--online")
        assert (code, len(said.splitlines()), len(vendor.requests)) == (2, 1, 1)
        assert faults.splitlines() == [
            f"{file}: dashscope.api_key: is refused by the image service; copy it anew, and use one of the region that "
            "base_url names"
        ]


async def test_the_text_model_is_asked_after_too(tmp_path: Path):
    async with checked(tmp_path) as vendor:
        with (tmp_path / "config.toml").open("a") as config:
            config.write("[rewriting]\n")
        code, said, faults = await command(tmp_path, "check", "--online")
        assert (code, faults, said.splitlines()[-1]) == (0, "", "qwen3.7-flash: is offered")
        vendor.unlisted.add("qwen3.7-flash")
        code, said, faults = await command(tmp_path, "check", "--online")
        assert (code, len(said.splitlines())) == (2, 4)
        assert faults.splitlines() == [
            f"{tmp_path / 'config.toml'}: rewriting.model: qwen3.7-flash is not offered any more;"
            " name its successor, with price_in and price_out"
        ]


async def test_no_clear_answer_is_no_fault_of_the_configuration(tmp_path: Path):
    async with checked(tmp_path) as vendor:
        vendor.faults.add("models", Fault(status=200, body=b"{}"), matches=lambda r: r.query["model"] == ENABLED[0])
        code, said, faults = await command(tmp_path, "check", "--online")
        assert (code, len(said.splitlines())) == (1, 3)
        assert faults.splitlines() == ["wanx2.1-t2i-turbo: no clear answer: incomplete"]
    code, said, faults = await command(tmp_path, "check", "--online")
    assert (code, len(said.splitlines())) == (1, 1)
    assert faults.splitlines() == [f"{name}: no clear answer: it can't be reached" for name in ENABLED]
