import pytest

from bot.providers.hosts import KnownHosts, without_query

HOSTS = KnownHosts([".aliyuncs.com", "cdn.example.com", "127.0.0.1:8080", "[::1]:81", "localhost", "plain.example:90"])
QUERY = "?Expires=1&OSSAccessKeyId=LTAI&Signature=a%2Bb%2Fc%3D"


@pytest.mark.parametrize(
    "url",
    [
        "https://dashscope-result-wlcb.oss-cn-wulanchabu.aliyuncs.com/1d/a.png" + QUERY,
        "https://x.aliyuncs.com:443/a",
        "https://X.ALIYUNCS.COM/a",
        "https://cdn.example.com/a",
        "http://127.0.0.1:8080/a" + QUERY,
        "https://127.0.0.1:8080/a",
        "http://[::1]:81/a",
        "http://localhost/a",
        "http://plain.example:90/a",
    ],
)
def test_hosts_of_the_list_are_admitted(url: str):
    admitted = HOSTS.admit(url)
    assert admitted is not None
    assert str(admitted).lower().replace(":443/", "/") == url.lower().replace(":443/", "/")


@pytest.mark.parametrize(
    "url",
    [
        "https://evil-aliyuncs.com/a",
        "https://aliyuncs.com/a",
        "https://evil.com/?.aliyuncs.com",
        "https://evil.com/.aliyuncs.com",
        "https://evil.com#.aliyuncs.com",
        "https://dashscope.aliyuncs.com.evil.com/a",
        "https://user@x.aliyuncs.com/a",
        "https://user:word@x.aliyuncs.com/a",
        "https://@x.aliyuncs.com/a",
        "https://x.aliyuncs.com@evil.com/a",
        "https://evil.com\\@x.aliyuncs.com/a",
        "https://evil.com\\.aliyuncs.com/a",
        "https://evil.com%2f.aliyuncs.com/a",
        "https://a%40b.aliyuncs.com/a",
        "https://evil.com\t.aliyuncs.com/a",
        "https://evil.com .aliyuncs.com/a",
        "https://x.aliyuncs.com./a",
        "https://x.aliyuncs。com/a",
        "https://x.aliyuncs.com:8443/a",
        "https://x.aliyuncs.com:99999/a",
        "http://x.aliyuncs.com:8080/a",
        "http://x.aliyuncs.com:80/a",
        "https://sub.cdn.example.com/a",
        "https://203.0.113.7/a",
        "http://169.254.169.254/latest/meta-data",
        "http://127.0.0.1/a",
        "http://127.0.0.1:8081/a",
        "http://2130706433:8080/a",
        "http://[::1]/a",
        "http://[::ffff:127.0.0.1]:8080/a",
        "http://localhost:8080/a",
        "https://plain.example/a",
        "ftp://x.aliyuncs.com/a",
        "file:///etc/passwd",
        "//x.aliyuncs.com/a",
        "x.aliyuncs.com/a",
        "https:///a",
        "https://[x.aliyuncs.com/a",
        "",
    ],
)
def test_any_other_is_not(url: str):
    assert HOSTS.admit(url) is None


def test_not_a_byte_of_the_signature_is_changed():
    url = "https://x.aliyuncs.com/1d/%7Ea/b.png?Expires=1&Signature=%2F%2b%3D%7E&x=a+b&y=%41"
    assert str(HOSTS.admit(url)) == url


def test_plain_http_of_the_vendors_is_asked_with_tls():
    assert str(HOSTS.admit("http://x.aliyuncs.com/a" + QUERY)) == "https://x.aliyuncs.com/a" + QUERY
    assert str(HOSTS.admit("HTTP://cdn.example.com/a")) == "https://cdn.example.com/a"


@pytest.mark.parametrize(
    "entry", ["", ".", "a/b", "https://a.com", "*.a.com", "a b", "a:b", ".a.com:80", "u@a.com", "a.com:123456"]
)
def test_an_entry_that_is_no_host_is_refused(entry: str):
    with pytest.raises(ValueError, match="is not a host"):
        KnownHosts([entry])


def test_what_is_logged_has_no_query():
    assert without_query("https://a/b.png?Signature=x#y") == "https://a/b.png"
    assert without_query("https://a/b.png#Signature=x") == "https://a/b.png"
