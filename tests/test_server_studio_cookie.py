"""By what the studio's cookie may come back: https alone, as soon as the page itself came by https."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

import pytest

from callsheet.settings import load
from conftest import Served


@pytest.fixture(scope="module")
def named(
    tmp_path_factory: pytest.TempPathFactory, serve_home: Callable[..., AbstractContextManager[Served]]
) -> Iterator[Served]:
    """A server that is also called film.example."""
    environ = {"CALLSHEET_SERVER__ALLOWED_HOSTS": '["film.example"]'}
    with serve_home(load(tmp_path_factory.mktemp("named"), environ=environ)) as running:
        yield running


@pytest.mark.parametrize(
    ("host", "origin", "secure"),
    [
        ("127.0.0.1:8420", "http://127.0.0.1:8420", False),
        ("film.example", "http://film.example", False),
        ("film.example", "https://film.example", True),
        ("film.example:8443", "https://film.example:8443", True),
        ("127.0.0.1:8420", "https://127.0.0.1:8420", True),
    ],
)
def test_a_page_that_came_by_https_gets_a_cookie_for_https_alone(
    named: Served, host: str, origin: str, secure: bool
) -> None:
    """The proxy that ends https is not trusted here and says nothing of it: the browser's Origin does."""
    with named.client() as api:
        headers = {"x-callsheet-studio": "1", "host": host, "origin": origin}
        answer = api.post("/studio/session", json={"key": named.operator}, headers=headers)
    assert answer.status_code == 201, answer.text
    name, *rest = [part.strip() for part in answer.headers["set-cookie"].split(";")]
    assert name.startswith("__Host-") is secure
    assert ("Secure" in rest) is secure
    assert {"HttpOnly", "SameSite=strict", "Path=/"} <= set(rest)


def test_an_origin_that_is_not_the_hosts_signs_nobody_in(named: Served) -> None:
    with named.client() as api:
        headers = {"x-callsheet-studio": "1", "host": "film.example", "origin": "https://other.example"}
        answer = api.post("/studio/session", json={"key": named.operator}, headers=headers)
    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers
