"""Which proxy serves which address: by the configuration, by the environment; and that its password is never shown."""

from pathlib import Path

import pytest

from bot.config import Config, Network, load
from bot.domain.requests.catalogue import BUILT_IN
from bot.errors import ConfigurationError, RetryLater
from bot.providers.dashscope.client import DashScopeClient
from bot.proxies import Proxies, Proxy, session
from sandbox.clock import SandboxClock
from sandbox.proxy import Forwarded, ProxyStandIn

DISCORD, VENDOR = "https://discord.com/api/v10", "https://dashscope.aliyuncs.com/api/v1"
SECRETS = {"DISCORD_TOKEN": "token", "DASHSCOPE_API_KEY": "sk-of-the-test"}
PASSWORD = "p@ss/word"
LOGIN = "http://me:p%40ss%2Fword@proxy.example:3128"


def loaded(tmp_path: Path, text: str = "", **environment: str) -> Config:
    file = tmp_path / "config.toml"
    file.write_text(text, encoding="utf-8")
    return load(file, {**SECRETS, **environment})


def test_without_a_word_nothing_goes_by_a_proxy(tmp_path: Path):
    assert loaded(tmp_path).proxies().to(DISCORD) is None
    assert Config().proxies().to(DISCORD) is None


def test_the_configurations_serves_all_but_what_is_named(tmp_path: Path):
    text = f"[network]\nproxy = '{LOGIN}/'\nno_proxy = ['.aliyuncs.com']"
    proxies = loaded(tmp_path, text, HTTPS_PROXY="http://other:1", NO_PROXY="*").proxies()
    for url in (DISCORD, "wss://gateway.discord.gg", "http://127.0.0.1:80/x", "https://notaliyuncs.com/"):
        assert proxies.to(url) == Proxy("http://proxy.example:3128", ("me", PASSWORD))
    assert proxies.to(VENDOR) is None
    assert proxies.to("https://aliyuncs.com/") is None


@pytest.mark.parametrize("entry", ["aliyuncs.com", ".aliyuncs.com", "*.aliyuncs.com", "aliyuncs.com:443", "*"])
def test_hosts_may_be_written_as_for_other_programs(tmp_path: Path, entry: str):
    text = f'[network]\nproxy = "http://b:1"\nno_proxy = ["{entry}"]'
    assert loaded(tmp_path, text).proxies().to("https://dashscope.aliyuncs.com/api/v1") is None


@pytest.mark.parametrize(
    ("entry", "url"),
    [("::1", "https://[::1]:8443/"), ("my_host", "http://my_host/"), ("my_host:80", "http://my_host/")],
)
def test_addresses_and_ports_may_be_written_too(tmp_path: Path, entry: str, url: str):
    text = f'[network]\nproxy = "http://b:1"\nno_proxy = ["{entry}"]'
    assert loaded(tmp_path, text).proxies().to(url) is None


@pytest.mark.parametrize("entry", ["aliyuncs.com:8443", ".aliyuncs.com:80"])
def test_an_entry_with_a_port_is_about_that_port_alone(tmp_path: Path, entry: str):
    text = f'[network]\nproxy = "http://b:1"\nno_proxy = ["{entry}"]'
    assert loaded(tmp_path, text).proxies().to("https://dashscope.aliyuncs.com/api/v1") is not None


@pytest.mark.parametrize("entry", ["", "a b", "https://aliyuncs.com", "aliyuncs.com/", "a.com,b.com", "*.", "a:x"])
def test_what_names_no_host_is_refused(tmp_path: Path, entry: str):
    with pytest.raises(ConfigurationError, match=r"network\.no_proxy: must be names of hosts, such as"):
        loaded(tmp_path, f'[network]\nno_proxy = ["{entry}"]')


def test_hosts_that_the_configuration_leaves_out_are_left_out_of_the_environments_proxy_too(tmp_path: Path):
    text = '[network]\nno_proxy = ["aliyuncs.com"]'
    proxies = loaded(tmp_path, text, HTTPS_PROXY="http://b:1", NO_PROXY="example.com").proxies()
    assert proxies.to(DISCORD) is not None
    assert proxies.to("https://dashscope.aliyuncs.com/api/v1") is None
    assert proxies.to("https://example.com") is None


@pytest.mark.parametrize("name", ["HTTPS_PROXY", "https_proxy"])
def test_the_environments_serves_where_the_configuration_names_none(tmp_path: Path, name: str):
    proxies = loaded(tmp_path, "", **{name: "proxy.example:3128", "no_proxy": "localhost, .Aliyuncs.com"}).proxies()
    assert proxies.to(DISCORD) == Proxy("http://proxy.example:3128")
    assert proxies.to("wss://gateway.discord.gg") == Proxy("http://proxy.example:3128")
    for url in (VENDOR, "http://example.com/", "https://127.0.0.1/", "https://[::1]:8/", "https://localhost/"):
        assert proxies.to(url) is None


def test_each_scheme_has_its_own_variable_and_a_name_in_lower_case_wins(tmp_path: Path):
    proxies = loaded(tmp_path, HTTP_PROXY="http://a:1", HTTPS_PROXY="http://b:1", https_proxy="https://c:1").proxies()
    assert proxies.to("http://example.com/") == proxies.to("ws://example.com/") == Proxy("http://a:1")
    assert proxies.to(DISCORD) == Proxy("https://c:1")


def test_none_is_no_proxy_whatever_the_environment_says(tmp_path: Path):
    text = "[network]\nproxy = 'none'"
    assert loaded(tmp_path, text, HTTPS_PROXY="socks5://x:1").proxies().to(DISCORD) is None


def test_a_star_lets_everything_go_directly(tmp_path: Path):
    assert loaded(tmp_path, HTTPS_PROXY="http://b:1", NO_PROXY="*").proxies().to(DISCORD) is None


WRONG = [
    "socks5://me:s3cret@host:1", "host", "http://", "http://me:s3cret@host:99999", "http://me:s3cret@host:0",
    "http://me:s3cret@host:1/path", "http://me:s3cret@host:1?x=1", "http://ho st", "http://[s3cret", "http://hö:1",
]  # fmt: skip


@pytest.mark.parametrize("url", WRONG)
def test_what_is_no_proxy_is_refused_where_it_stands_and_not_shown(tmp_path: Path, url: str):
    for text, environment, where in (
        (f"[network]\nproxy = '{url}'", {}, f"{tmp_path}/config.toml: network.proxy: must be"),
        ("", {"HTTPS_PROXY": url if "://" in url else f"http:/{url}:x:"}, "HTTPS_PROXY, from the environment: must be"),
    ):
        with pytest.raises(ConfigurationError) as refused:
            loaded(tmp_path, text, **environment)
        (fault,) = refused.value.faults
        assert fault.startswith(where)
        assert "s3cret" not in fault


def test_the_password_is_in_no_repr_and_in_no_address():
    network = Network.model_validate({"proxy": LOGIN})
    proxies = Config(network=network).proxies()
    proxy = proxies.to(DISCORD)
    assert proxy is not None
    assert proxy.auth == ("me", PASSWORD, "utf-8")
    for shown in (repr(network), repr(proxies), repr(proxy), proxy.address, str(network)):
        assert "p@ss" not in shown
        assert "p%40ss" not in shown


@pytest.mark.parametrize("url", ["http://[::1]:3128", "https://proxy.example"])
def test_an_address_stays_as_it_is(url: str):
    assert Proxy.parse(url) == Proxy(url)


# -- a tunnel


async def learn_time(proxy: ProxyStandIn, login: str, caplog: pytest.LogCaptureFixture) -> RetryLater:
    """Ask the vendor for its time by TLS through a proxy that knows no such host; return what came of it."""
    caplog.set_level("DEBUG")
    wanted = Proxies({"https": Proxy.parse(f"http://{login}{proxy.address}")}).to(VENDOR)
    async with session(wanted) as opened:
        client = DashScopeClient(opened, base_url=VENDOR, api_key="sk-s3cret", catalogue=BUILT_IN, clock=SandboxClock())
        with pytest.raises(RetryLater) as refused:
            await client.learn_time()
    assert PASSWORD not in caplog.text + repr(refused.value)
    assert "s3cret" not in caplog.text + repr(refused.value)
    return refused.value


async def test_tls_goes_through_a_tunnel_whose_refusal_proves_that_nothing_was_sent(caplog: pytest.LogCaptureFixture):
    async with ProxyStandIn(login=("me", PASSWORD)) as proxy:
        error = await learn_time(proxy, "me:p%40ss%2Fword@", caplog)
        assert proxy.seen == [Forwarded("CONNECT", "dashscope.aliyuncs.com:443")]
        assert error.code == "not_sent"


@pytest.mark.parametrize("login", ["", "me:wrong@"])
async def test_a_proxy_that_refuses_the_login_was_sent_nothing(login: str, caplog: pytest.LogCaptureFixture):
    async with ProxyStandIn(login=("me", PASSWORD)) as proxy:
        error = await learn_time(proxy, login, caplog)
        assert (proxy.seen, proxy.refused) == ([], 1)
        assert error.code == "not_sent"


async def test_a_proxy_that_is_not_there_was_sent_nothing(caplog: pytest.LogCaptureFixture):
    async with ProxyStandIn() as proxy:
        pass
    assert (await learn_time(proxy, "me:p%40ss%2Fword@", caplog)).code == "not_sent"
