"""`serve --tls`: https for the vendors' hosts and this machine, a proxy that leads only there, and the plain port."""

from __future__ import annotations

import contextlib
import json
import re
import signal
import socket
import ssl
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import pytest

from callsheet.app import serve
from callsheet.app.ports import answered
from callsheet.cli import main
from callsheet.errors import SetupError
from callsheet.settings import load

SCRIPT = """
import sys
from pathlib import Path
from callsheet.app import serve
from callsheet.settings import load
given = {"port": 0, "worker": False, "tls": True, "tls_port": 0, "proxy_port": 0}
serve(load(Path(sys.argv[1]), {f"server.{name}": value for name, value in given.items()}))
"""
HOSTS = answered(load(Path("nowhere"), environ={}))
TASK = {"model": "text-to-video", "input": {"prompt": "a red fox in fresh snow"}}


@dataclass
class Secure:
    """A server with all its ports, in a process of its own."""

    process: subprocess.Popen[str]
    home: Path
    plain: str
    tls: int
    proxy: int

    @property
    def pem(self) -> str:
        return (self.home / "authority" / "ca.pem").read_text()

    @property
    def trusting(self) -> ssl.SSLContext:
        context = ssl.create_default_context(cadata=self.pem)
        context.verify_flags |= ssl.VERIFY_X509_STRICT
        return context

    def proxied(self, **more: Any) -> httpx2.Client:
        """A client as HTTPS_PROXY makes one."""
        proxy = f"http://127.0.0.1:{self.proxy}"
        return httpx2.Client(proxy=proxy, verify=self.trusting, trust_env=False, timeout=60, **more)

    def directly(self, host: str) -> ssl.SSLSocket:
        """A connection as a hosts file makes one."""
        raw = socket.create_connection(("127.0.0.1", self.tls), timeout=60)
        return self.trusting.wrap_socket(raw, server_hostname=host)

    def says(self, sent: bytes) -> str:
        """What the proxy answers to these bytes, until it hangs up."""
        with socket.create_connection(("127.0.0.1", self.proxy), timeout=60) as raw, raw.makefile("rb") as answer:
            raw.sendall(sent)
            return answer.read().decode()

    def stop(self) -> tuple[int, str]:
        """Its exit code and its log."""
        self.process.send_signal(signal.SIGTERM)
        _, err = self.process.communicate(timeout=60)
        return self.process.returncode, err


@contextlib.contextmanager
def secure(home: Path) -> Iterator[Secure]:
    pipe = subprocess.PIPE
    process = subprocess.Popen([sys.executable, "-c", SCRIPT, str(home)], stdout=pipe, stderr=pipe, text=True)
    assert process.stdout is not None
    try:
        first, second, third = (process.stdout.readline() for _ in range(3))
        assert first.startswith("callsheet is ready at http://127.0.0.1:"), (
            "the line that scripts wait for is the first"
        )
        tls = re.search(r"at https://127\.0\.0\.1:(\d+) ", second)
        proxy = re.match(r"HTTPS_PROXY=http://127\.0\.0\.1:(\d+) ", third)
        assert tls, second
        assert proxy, third
        yield Secure(process, home, first.split()[-1], int(tls[1]), int(proxy[1]))
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()


@pytest.fixture(autouse=True)
def _log_of_the_tests(monkeypatch: pytest.MonkeyPatch) -> None:
    """`serve` sets the log up for a process of its own; here it is one of many."""
    monkeypatch.setattr("callsheet.app.log.set_up", lambda settings: None)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Secure]:
    with secure(tmp_path_factory.mktemp("secure")) as running:
        yield running


@pytest.mark.parametrize("host", HOSTS)
def test_each_vendor_host_is_answered_behind_a_certificate_that_the_exported_authority_vouches_for(
    server: Secure, host: str
) -> None:
    with server.directly(host) as line:
        assert line.getpeercert()["subjectAltName"] == (("DNS", host),)  # type: ignore[index]
        line.sendall(f"GET /healthz HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
        answer = line.makefile("rb").read()
    assert answer.startswith(b"HTTP/1.1 ")
    assert b"x-request-id: req_" in answer


@pytest.mark.parametrize("name", ["127.0.0.1", "localhost"])
def test_this_machine_is_served_too_and_addresses_are_built_on_https(server: Secure, name: str) -> None:
    base = f"https://{name}:{server.tls}"
    with httpx2.Client(base_url=base, verify=server.trusting, trust_env=False, timeout=60) as client:
        assert client.get("/healthz").json() == {"ok": True}
        file = client.post("/v1/files", files={"file": ("a.txt", b"words", "text/plain")}).json()
        assert file["url"].startswith(base + "/v1/files/")
        assert client.get(file["url"]).content == b"words"


def test_who_does_not_trust_the_authority_does_not_trust_its_certificates(server: Secure) -> None:
    with (
        httpx2.Client(trust_env=False, timeout=60) as client,
        pytest.raises(httpx2.ConnectError, match="CERTIFICATE_VERIFY_FAILED"),
    ):
        client.get(f"https://127.0.0.1:{server.tls}/healthz")


def test_other_names_are_shown_no_certificate_at_all(server: Secure) -> None:
    with pytest.raises((ssl.SSLError, ConnectionError)):
        server.directly("example.com")


def test_the_plain_port_is_as_ever(server: Secure) -> None:
    with httpx2.Client(base_url=server.plain, trust_env=False, timeout=60) as client:
        assert client.get("/healthz").json() == {"ok": True}
        assert client.post("/v1/tasks", json=TASK).status_code == 201
    said = json.loads((server.home / "server.json").read_text())
    assert said["url"] == server.plain


def test_the_proxy_leads_to_the_vendors_hosts(server: Secure) -> None:
    with server.proxied() as client:
        for host in HOSTS:
            for origin in (f"https://{host}", f"https://{host}:{server.tls}"):
                answer = client.get(f"{origin}/healthz")
                assert answer.headers["x-request-id"].startswith("req_"), origin


def test_the_proxy_refuses_every_other_host_and_says_which_it_leads_to(server: Secure) -> None:
    for host in ("example.com", "127.0.0.1", "localhost", "api.vidu.com.example.com"):
        with server.proxied() as client, pytest.raises(httpx2.ProxyError, match="403 Not a vendor's host"):
            client.get(f"https://{host}/")
    said = server.says(b"CONNECT example.com:443 HTTP/1.1\r\nHost: example.com:443\r\n\r\n")
    assert said.startswith("HTTP/1.1 403 Not a vendor's host\r\n")
    assert all(host in said for host in HOSTS)
    assert "NO_PROXY" in said


@pytest.mark.parametrize(
    ("sent", "answer"),
    [
        (b"CONNECT api.vidu.com:80 HTTP/1.1\r\n\r\n", "403 Not a port of https"),
        (b"CONNECT api.vidu.com HTTP/1.1\r\n\r\n", "403 Not a port of https"),
        (b"CONNECT :443 HTTP/1.1\r\n\r\n", "403 Not a vendor's host"),
        (b"CONNECT [::1:443 HTTP/1.1\r\n\r\n", "403 Not a vendor's host"),
        (b"GET http://api.vidu.com/ HTTP/1.1\r\nHost: api.vidu.com\r\n\r\n", "405 Only CONNECT"),
        (b"\x16\x03\x01\x00\x00garbage\r\n\r\n", "405 Only CONNECT"),
        (b"CONNECT api.vidu.com:443 HTTP/1.1\r\n\r\nmore", "400 More came"),
        (b"CONNECT api.vidu.com:443 HTTP/1.1\r\nX: " + b"x" * 8300, "431 The request is too long"),
    ],
)
def test_what_is_no_plain_connect_is_told_what_is_wrong(server: Secure, sent: bytes, answer: str) -> None:
    assert server.says(sent).startswith(f"HTTP/1.1 {answer}")


def test_who_hangs_up_or_breaks_off_harms_nobody(server: Secure) -> None:
    for sent in (b"", b"CONN", b"CONNECT api.vidu.com:443 HTTP/1.1\r\n\r\n"):
        with socket.create_connection(("127.0.0.1", server.proxy), timeout=60) as raw:
            raw.sendall(sent)
    with socket.create_connection(("127.0.0.1", server.tls), timeout=60) as raw:
        raw.sendall(b"GET / HTTP/1.1\r\n\r\n")
        with contextlib.suppress(ConnectionError):
            raw.recv(100)
    with server.proxied() as client:
        assert client.get("https://api.vidu.com/healthz").headers["x-request-id"]


def test_it_stops_in_good_order_and_so_do_streams_and_what_waits_at_the_proxy(tmp_path: Path) -> None:
    with secure(tmp_path / "home") as own:
        base = f"https://127.0.0.1:{own.tls}"
        waiting = socket.create_connection(("127.0.0.1", own.proxy))
        with waiting, httpx2.Client(base_url=base, verify=own.trusting, trust_env=False, timeout=60) as client:
            task = client.post("/v1/tasks", json=TASK).json()
            with client.stream("GET", f"/v1/tasks/{task['id']}/events") as response:
                lines = response.iter_lines()
                next(lines)
                own.process.send_signal(signal.SIGTERM)
                list(lines)  # ends; a cut connection would raise
        code, log = own.stop()
        assert code == 0
        assert "Traceback" not in log
        assert "error" not in log.lower()


def test_the_further_ports_are_refused_to_others_while_no_key_exists(home: Path) -> None:
    given = {"server.host": "0.0.0.0", "server.tls": True}
    given |= {f"server.{port}": 0 for port in ("port", "tls_port", "proxy_port")}
    with pytest.raises(SetupError, match="Without a key only this machine may be served"):
        serve(load(home, given, environ={}))


@pytest.mark.parametrize("which", ["tls_port", "proxy_port"])
def test_a_further_port_in_use_is_named_with_its_flag(home: Path, which: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        given = {"port": 0, "tls_port": 0, "proxy_port": 0, "tls": True, which: taken.getsockname()[1]}
        with pytest.raises(SetupError, match="in use by another program") as refused:
            serve(load(home, {f"server.{name}": value for name, value in given.items()}, environ={}))
    assert f"--{which.replace('_', '-')} " in (refused.value.hint or "")


def test_a_port_without_tls_is_a_mistake_and_said_to_be_one(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["serve", "--home", str(home), "--proxy-port", "9000"]) == 2
    assert "need --tls" in capsys.readouterr().err
