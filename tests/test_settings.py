"""Settings: where each comes from, which of two counts, and what is said of a wrong one."""

import asyncio
import hashlib
from collections.abc import Iterable
from pathlib import Path

import pytest

from callsheet.app import vendors
from callsheet.contract import Driver
from callsheet.errors import SetupError
from callsheet.settings import Rule, Settings, VendorAccess, home_folder, load
from callsheet.settings.loading import SECRETS

SECRET = "whsec_" + "A" * 40


def written(home: Path, text: str) -> Path:
    home.mkdir(parents=True, exist_ok=True)
    (home / "callsheet.toml").write_text(text)
    return home


def test_flags_count_before_the_environment_before_the_file_before_the_defaults(tmp_path: Path) -> None:
    home = written(tmp_path, '[server]\nport = 1\nhost = "::1"\n[fetch]\nallow = ["a.example"]\ntimeout = 5\n')
    found = load(
        home, {"server.port": 3, "server.host": None}, {"CALLSHEET_SERVER__PORT": "2", "CALLSHEET_FETCH__TIMEOUT": "7"}
    )
    assert (found.server.port, found.server.host) == (3, "::1")
    assert (found.fetch.timeout, found.fetch.allow, found.fetch.max_bytes) == (7.0, ("a.example",), 500_000_000)
    assert load(home, None, {}).server.port == 1
    assert load(tmp_path / "bare", None, {}).server.port == 8420


@pytest.mark.parametrize("text", ["127.0.0.1,localhost", " 127.0.0.1 , localhost,", '["127.0.0.1", "localhost"]'])
def test_a_list_in_the_environment_is_words_between_commas_or_json(tmp_path: Path, text: str) -> None:
    assert load(tmp_path, None, {"CALLSHEET_FETCH__ALLOW": text}).fetch.allow == ("127.0.0.1", "localhost")


def test_the_home_is_the_one_given_else_the_environments_else_the_platforms(tmp_path: Path) -> None:
    environ = {"CALLSHEET_HOME": str(tmp_path / "named")}
    assert home_folder(tmp_path / "given", environ) == tmp_path / "given"
    assert load(None, None, environ).home == tmp_path / "named"
    assert home_folder(None, {}).name == "callsheet"
    assert home_folder(None, {}).is_absolute()


def test_a_file_in_the_working_folder_counts_where_the_home_has_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(written(tmp_path / "here", "[server]\nport = 7\n"))
    assert load(tmp_path / "home", None, {}).server.port == 7
    assert load(written(tmp_path / "home", "[server]\nport = 8\n"), None, {}).server.port == 8


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[fetch]\nalow = []\n", ("fetch.alow", "Did you mean allow")),
        ("[fetsh]\nallow = []\n", ("fetsh", "Did you mean fetch")),
        ("[server]\nport = 99999\n", ("server.port", "99999")),
        ("[server]\nport = 'x'\n", ("server.port", "'x'")),
        ("server = 1\n", ("server",)),
        ("[files]\nretention = 0\n", ("files.retention",)),
        ("[server]\npublic_url = 'https://x/y'\n", ("server.public_url", "without a path")),
        ("home = '/x'\n", ("home", "--home")),
        ("[[[", ("cannot be read",)),
    ],
)
def test_a_wrong_setting_in_the_file_is_named_with_the_file_and_the_fix(
    tmp_path: Path, text: str, said: tuple[str, ...]
) -> None:
    with pytest.raises(SetupError) as caught:
        load(written(tmp_path, text), None, {})
    for one in (*said, str(tmp_path / "callsheet.toml")):
        assert one in str(caught.value)
    assert caught.value.hint


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("CALLSHEET_FETCH__ALOW", "x", "Did you mean allow"),
        ("CALLSHEET_FETSH__ALLOW", "x", "CALLSHEET_FETCH__"),
        ("CALLSHEET_PORT", "1", "CALLSHEET_PORT is no setting"),
        ("CALLSHEET_FETCH__MAX_BYTES", "many", "fetch.max_bytes is 'many'"),
        ("CALLSHEET_ROUTING", "{", "routing"),
        ("CALLSHEET_SERVER", "x", "server"),
    ],
)
def test_a_wrong_variable_is_named(tmp_path: Path, name: str, value: str, said: str) -> None:
    with pytest.raises(SetupError) as caught:
        load(tmp_path, None, {name: value})
    assert said in str(caught.value)
    assert name in str(caught.value)


def test_variables_of_the_client_are_no_settings_and_no_errors(tmp_path: Path) -> None:
    load(tmp_path, None, {"CALLSHEET_URL": "http://x", "CALLSHEET_KEY": "k", "CALLSHEET_DEBUG": "1", "PATH": "/bin"})


def test_vendors_and_routing_by_file_and_environment(tmp_path: Path) -> None:
    home = written(
        tmp_path, '[routing]\n"vidu/*" = ["previz"]\n[vendors.vidu]\nkey = "from file"\nbase_url = "http://v"\n'
    )
    found = load(
        home, None, {"CALLSHEET_VENDORS__VIDU__KEY": "from env", "CALLSHEET_VENDORS__RUNWAY_RELAY__SECRET": "s"}
    )
    key, secret = found.vendors["vidu"].key, found.vendors["runway_relay"].secret
    assert key is not None
    assert secret is not None
    assert (key.get_secret_value(), secret.get_secret_value()) == ("from env", "s")
    assert found.vendors["vidu"].base_url == "http://v"
    assert found.routing == {"vidu/*": Rule(stages=("previz",))}
    assert load(tmp_path / "x", None, {"CALLSHEET_ROUTING": '{"music": ["mediaio"]}'}).routing == {
        "music": Rule(stages=("mediaio",))
    }


def test_a_secret_may_lie_in_a_file_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("hush\n")
    environ = {"CALLSHEET_VENDORS__VIDU__KEY_FILE": str(tmp_path / "key")}
    key = load(tmp_path / "home", None, environ).vendors["vidu"].key
    assert key is not None
    assert key.get_secret_value() == "hush"
    with pytest.raises(SetupError) as caught:
        load(tmp_path / "home", None, {"CALLSHEET_VENDORS__VIDU__KEY_FILE": str(tmp_path / "nothing")})
    assert str(tmp_path / "nothing") in str(caught.value)


def test_every_kind_of_secret_may_lie_in_a_file(tmp_path: Path) -> None:
    (tmp_path / "former").write_text(f"{SECRET}\n")
    environ = {
        "CALLSHEET_WEBHOOKS__SECRET": SECRET,
        "CALLSHEET_WEBHOOKS__FORMER_SECRET_FILE": str(tmp_path / "former"),
    }
    former = load(tmp_path / "home", None, environ).webhooks.former_secret
    assert former is not None
    assert former.get_secret_value() == SECRET
    sections = [Settings, VendorAccess, *(one.annotation for one in Settings.model_fields.values())]
    fields = [one for section in sections for one in getattr(section, "model_fields", {}).items()]
    assert {name for name, field in fields if "SecretStr" in str(field.annotation)} == set(SECRETS)


def test_secrets_are_never_shown_not_even_wrong_ones(tmp_path: Path) -> None:
    found = load(tmp_path, None, {"CALLSHEET_VENDORS__VIDU__KEY": "hush", "CALLSHEET_WEBHOOKS__SECRET": SECRET})
    assert "hush" not in repr(found) + str(found) + found.model_dump_json()
    assert SECRET not in repr(found)
    for environ in (
        {"CALLSHEET_VENDORS": '{"vidu": "hush"}'},
        {"CALLSHEET_VENDORS": "hush"},
        {"CALLSHEET_WEBHOOKS__SECRET": "hush"},
        {"CALLSHEET_VENDORS__VIDU__KEEY": "hush"},
        {"CALLSHEET_METRICS__KEY": "hush"},
    ):
        with pytest.raises(SetupError) as caught:
            load(tmp_path, None, environ)
        assert "hush" not in str(caught.value)


def test_what_is_wrong_in_a_section_with_a_secret_is_told_without_what_was_written(tmp_path: Path) -> None:
    def holds(annotation: object) -> bool:
        fields = getattr(annotation, "model_fields", {}).values()
        named = any(word in repr(annotation) for word in ("Secret", "VendorAccess"))
        return named or any(holds(field.annotation) for field in fields)

    sections = {name for name, field in Settings.model_fields.items() if holds(field.annotation)}
    assert {"vendors", "webhooks", "llm", "metrics", "database"} <= sections
    for name in sections - {"seal"}:  # which takes any text here, and is judged where it is used
        with pytest.raises(SetupError, match=name) as caught:
            load(tmp_path, None, {f"CALLSHEET_{name.upper()}": "hush"})
        assert "hush" not in str(caught.value)


def test_every_setting_has_a_description() -> None:
    for name, section in Settings.model_fields.items():
        fields = getattr(section.annotation, "model_fields", {name: section})
        assert all(field.description for field in fields.values()), name


def test_slots_default_to_the_cores_of_the_machine(tmp_path: Path) -> None:
    assert load(tmp_path, None, {}).render.cores >= 1
    assert load(tmp_path, None, {"CALLSHEET_RENDER__SLOTS": "3"}).render.cores == 3


def test_a_routing_rule_is_a_list_or_a_table_with_weights(tmp_path: Path) -> None:
    home = written(
        tmp_path,
        '[routing]\n"vidu/*" = ["vendor", "previz"]\n[routing.image-to-video]\nstages = ["vidu", "previz"]\n'
        "weights = [3, 1]\n",
    )
    rule = Rule(stages=("vidu", "previz"), weights=(3, 1))
    assert load(home).routing == {"vidu/*": Rule(stages=("vendor", "previz")), "image-to-video": rule}
    inline = '{"music": "mediaio,previz", "image-to-video": {"stages": "vidu, previz", "weights": [3, 1]}}'
    assert load(tmp_path / "x", None, {"CALLSHEET_ROUTING": inline}).routing == {
        "music": Rule(stages=("mediaio", "previz")),
        "image-to-video": rule,
    }


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ('{ stages = ["vidu", "previz"], weights = [1] }', "a weight for each of its 2 stages, not 1"),
        ('{ stages = ["vidu"], weights = [0] }', "more than 0"),
        ('{ stages = ["vidu"], weights = [-1] }', "greater than or equal to 0"),
        ('{ stages = ["vidu"], weights = [inf] }', "finite"),
        ('{ stages = ["vidu"], weigths = [1] }', "Did you mean weights?"),
        ("[]", "at least 1"),
    ],
)
def test_a_routing_rule_that_cannot_be_is_refused_at_start(tmp_path: Path, rule: str, said: str) -> None:
    with pytest.raises(SetupError) as caught:
        load(written(tmp_path, f"[routing]\nimage-to-video = {rule}\n"))
    assert said in str(caught.value)
    assert "image-to-video" in str(caught.value)


def test_a_credential_names_a_key_and_gives_nothing_of_it_away(tmp_path: Path) -> None:
    def credential(key: str) -> str | None:
        return load(tmp_path, None, {"CALLSHEET_VENDORS__VIDU__KEY": key}).vendors["vidu"].credential

    assert credential("one") == hashlib.sha256(b"one").hexdigest()[:12]
    assert credential("one") != credential("two")
    assert load(tmp_path, None, {"CALLSHEET_VENDORS__VIDU__BASE_URL": "http://v"}).vendors["vidu"].credential is None


def test_a_package_s_concurrency_is_set_per_vendor(tmp_path: Path) -> None:
    vendors_ = {"vidu": {"key": "k", "slots": 3}, "mediaio": {"key": "k"}}
    live = vendors.drivers(load(tmp_path, {"vendors": vendors_}, environ={}))
    assert (live["vidu"].slots, live["mediaio"].slots) == (3, 10_000)
    asyncio.run(_closed(live.values()))


async def _closed(drivers: Iterable[Driver]) -> None:
    for one in drivers:
        await one.close()
