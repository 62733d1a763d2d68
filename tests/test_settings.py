"""A setting that makes no sense is refused by its name."""

from pathlib import Path
from typing import Any, get_args

import pytest

from cocktailspace.settings import Settings, SettingsError, read_settings


def _numbers() -> list[str]:
    """The settings that are numbers."""

    def kinds(annotation: Any) -> set[Any]:
        parts = get_args(annotation)
        return set().union(*map(kinds, parts)) if parts else {annotation}

    fields = Settings.model_fields.items()
    found = [name for name, field in fields if {int, float} & kinds(field.annotation)]
    assert {"port", "analytics_debounce_minutes"} <= set(found)
    return found


@pytest.mark.parametrize("name", _numbers())
@pytest.mark.parametrize("value", ["inf", "-inf", "nan", "1e308", "-1", "9" * 400, "many"])
def test_numbers_are_finite_and_within_reason(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name.upper(), value)
    with pytest.raises(SettingsError, match=f"^{name.upper()}: "):
        read_settings()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DB_PATH", "~nobody-of-that-name/x"),
        ("ANALYTICS_PATH", "~nobody-of-that-name/x"),
        ("TOKENS_PATH", "~nobody-of-that-name/x"),
        ("DATABASE_URL", "no url"),
    ],
)
def test_places_that_are_none_are_named(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError, match=f"^{name}: "):
        read_settings()


@pytest.mark.parametrize(
    "url", ["postgresql+asyncpg://ann:s3cret@host/name", "mysql://host", "sqlite+aiosqlite:///file"]
)
def test_other_databases_are_refused_with_a_sentence(
    monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    monkeypatch.setenv("DATABASE_URL", url)
    with pytest.raises(
        SettingsError, match=r"^DATABASE_URL: a catalogue lies in SQLite or"
    ) as caught:
        read_settings()
    assert "s3cret" not in str(caught.value)


TOKENS = "postgresql+psycopg://ann@host/name?iam=true&sslmode=verify-full"


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        (TOKENS.replace("true", "yes"), "iam must be true"),
        (TOKENS.replace("ann@", "ann:s3cret@"), "takes the place of a password"),
        (TOKENS.replace("ann@", ""), "needs a host and a user"),
        (TOKENS.replace("verify-full", "require"), "needs sslmode=verify-full"),
        ("postgresql+psycopg://ann@host/name?iam=true", "needs sslmode=verify-full"),
    ],
)
def test_a_token_goes_to_the_database_alone(
    monkeypatch: pytest.MonkeyPatch, url: str, reason: str
) -> None:
    monkeypatch.setenv("DATABASE_URL", TOKENS)
    assert read_settings().database_url == TOKENS
    monkeypatch.setenv("DATABASE_URL", url)
    with pytest.raises(SettingsError, match=f"^DATABASE_URL: .*{reason}") as caught:
        read_settings()
    assert "s3cret" not in str(caught.value)


def test_a_password_in_an_address_is_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql//ann:s3cret@host")
    with pytest.raises(SettingsError) as caught:
        read_settings()
    assert "s3cret" not in str(caught.value)


@pytest.mark.parametrize("name", ["a?b.sqlite", "a#b", "a%20b", "a b", "file:x", ":memory:"])
def test_a_file_of_any_name_is_that_file_for_a_child_process_too(tmp_path: Path, name: str) -> None:
    settings = Settings(db_path=tmp_path / name)
    assert settings.catalogue_url.database == str(tmp_path / name)
    assert settings.environment()["DB_PATH"] == str(tmp_path / name)
    assert settings.environment()["DATABASE_URL"] == ""
