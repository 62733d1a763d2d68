"""Strangers' files are bounded, never followed or written; damaged ones end with one error."""

import gzip
import json
import signal
import subprocess
import zipfile
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import jiter
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cocktailspace.importing.readers import archives
from cocktailspace.importing.readers.bounds import BOUNDS, Bounds
from cocktailspace.importing.readers.child_process import read_in_child
from cocktailspace.importing.readers.files import read_file
from cocktailspace.importing.rows import Collection, UnreadableError, as_objects, from_objects
from tests.importing.test_readers import (
    LONG,
    MARKDOWN,
    OBJECTS,
    PARTS,
    TEXT,
    WIDE,
    docx,
    table,
    xlsx,
    zipped,
)

_PAGE = f"<html><script type='application/ld+json'>{json.dumps(OBJECTS['schema.org'])}</script>"
_ELEMENTS = (
    "<html><div itemscope itemtype='https://schema.org/Recipe'><h1 itemprop=name>Sour</h1>"
    "<li itemprop=recipeIngredient>45 ml pisco<br><li itemprop=recipeIngredient>1 egg</div>"
)
SAMPLES = {
    "a.json": json.dumps(OBJECTS["a collection"]).encode(),
    "b.json": json.dumps(OBJECTS["schema.org in a graph"]).encode(),
    "c.json": json.dumps(OBJECTS["numbered"]).encode(),
    "a.yml": b"name: Quito Sour\ningredients:\n- 45 ml Pisco\n- name: Lime juice\n  amount: 1\n",
    "a.csv": table(WIDE).encode(),
    "b.csv": table(LONG, ";").encode("cp1252"),
    "a.xml": b"<r><name>Sour</name><ingredients><name>Pisco</name></ingredients></r>",
    "a.html": f"{_PAGE}{_ELEMENTS}".encode(),
    "b.html": _ELEMENTS.encode(),
    "c.html": b"<html><h2>Sour</h2><ul><li>45 ml pisco</ul><table><tr><td>a<td>b</table>",
    "a.txt": TEXT.encode(),
    "a.md": b"---\ntitle: Ours\ntags: [a]\n---\n" + MARKDOWN.encode(),
    "a.xlsx": xlsx(LONG),
    "c.csv": table([["Drink", "Gin", "Rum"], ["A", "1 oz", ""], ["B", "", "2 oz"]]).encode(),
    "a.docx": docx("# Sour", "- 45 ml pisco", [["Drink", "Specs"], ["B", "1 oz gin, 1 oz rum"]]),
    "a.cook": b">> tags: a\nShake @gin{60%ml}(dry) with @ice in a #shaker{}. -- [- b -]\n",
    "wiki.txt": b"{{Infobox cocktail\n| name = Sour\n| ingredients = * 45 ml [[pisco]]\n}}\n",
    "a.zip": zipped(
        {
            "cocktails/a/data.json": json.dumps({"name": "S", "ingredients": PARTS}),
            "b.zip": zipped({"b.md": MARKDOWN}),
            "c.paprikarecipe": gzip.compress(
                json.dumps({"name": "S", "ingredients": PARTS}).encode()
            ),
        }
    ),
}


def read_or_refuse(name: str, body: bytes) -> None:
    """Anything but rows, which whoever started the child can read, or one clear error fails."""
    try:
        found = read_file(name, body)
    except UnreadableError:
        return
    read = from_objects(as_the_child_says(found))
    assert [recipe.name for recipe in read.recipes] == [recipe.name for recipe in found.recipes]


def as_the_child_says(found: Collection) -> Any:
    text = json.dumps(as_objects(found)).encode("utf-8", "replace")
    return jiter.from_json(text, allow_inf_nan=False)


@pytest.mark.parametrize("name", SAMPLES)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(
    cuts=st.lists(st.tuples(st.floats(0, 1), st.integers(0, 6), st.binary(max_size=6)), max_size=4)
)
def test_a_damaged_file_is_read_or_refused_with_one_error(
    name: str, cuts: list[tuple[float, int, bytes]]
) -> None:
    body = SAMPLES[name]
    for share, length, added in cuts:
        place = int(share * len(body))
        body = body[:place] + added + body[place + length :]
    read_or_refuse(name, body)


@given(body=st.binary(max_size=300), name=st.sampled_from(["a", "a.csv", "a.md", "a.yml"]))
def test_any_bytes_are_read_or_refused(body: bytes, name: str) -> None:
    read_or_refuse(name, body)


_VALUES = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(
        st.sampled_from(["name", "ingredients", "ingredient", "amount", "unit", "tags", "drinks",
                         "method", "@type", "@graph", "source", "strIngredient1", "substitutes"]),
        inner, max_size=5,
    ),
    max_leaves=20,
)  # fmt: skip


@given(document=_VALUES)
def test_any_document_is_read_or_refused(document: object) -> None:
    read_or_refuse("a.json", json.dumps(document).encode())


_MADE_OF = '"ingredients":["1 oz gin"]'


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("a.json", f'[{{"name":"",{_MADE_OF}}},{{"name":"B",{_MADE_OF}}}]'),
        ("b.json", f'[{{"name":null,{_MADE_OF}}},{{"name":"B",{_MADE_OF}}}]'),
        ("c.json", f'[{{"name":"<b></b>",{_MADE_OF}}},{{"name":"B",{_MADE_OF}}}]'),
        ("a.yml", "- name: .nan\n  ingredients:\n  - gin\n- name: B\n  ingredients:\n  - gin\n"),
        ("a.csv", "name,ingredients\n<i>,1 oz gin\nB,1 oz gin\n"),
        (
            "a.html",
            '<script type="application/ld+json">[{"@type":"Recipe","name":"","recipeIngredient":'
            '["1 oz gin"]},{"@type":"Recipe","name":"B","recipeIngredient":["1 oz gin"]}]</script>',
        ),
    ],
)
def test_a_recipe_without_a_name_is_passed_over_and_said(name: str, body: str) -> None:
    found = read_file(name, body.encode())
    assert [recipe.name for recipe in found.recipes] == ["B"]
    assert found.remarks == ("passed over: 1 recipe without a name",)


def test_a_number_that_is_none_stops_nothing() -> None:
    huge = "9" * 400
    body = f'{{"name":"B","a":1e999,"b":[{huge}],"servings":{huge},{_MADE_OF}}}'
    (recipe,) = from_objects(as_the_child_says(read_file("a.json", body.encode()))).recipes
    assert (recipe.extra, recipe.servings) == ({"a": None, "b": [int(huge)]}, None)


def test_keys_of_yaml_that_are_no_texts_are_said_as_such() -> None:
    body = b"name: B\n2020-01-01: .inf\n~: !!set {a}\ningredients: [1 oz gin]\n"
    (recipe,) = from_objects(as_the_child_says(read_file("a.yml", body))).recipes
    assert recipe.extra == {"2020-01-01": None, "None": "{'a'}"}


def test_a_child_says_the_same() -> None:
    for name, body in SAMPLES.items():
        assert read_in_child(name, body) == read_file(name, body)


def test_an_archive_that_grows_too_large_is_refused() -> None:
    bomb = zipped({"cocktails/a/data.json": b" " * (BOUNDS.expanded_bytes + 1)})
    assert len(bomb) < 2**20
    with pytest.raises(UnreadableError, match="holds more than"):
        read_file("bomb.zip", bomb)
    packed = gzip.compress(b" " * (BOUNDS.expanded_bytes + 1))
    for name, body in (("bomb.gz", packed), ("b.zip", zipped({"a.paprikarecipe": packed}))):
        with pytest.raises(UnreadableError, match="holds more than"):
            read_file(name, body)


def test_an_archive_that_lies_about_its_size_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    body = zipped({"a.json": b" " * 10_000})
    monkeypatch.setattr(archives, "BOUNDS", replace(BOUNDS, expanded_bytes=1_000))
    monkeypatch.setattr(archives, "_refuse_excess", lambda *_: None)
    with pytest.raises(UnreadableError, match="holds more than"):
        read_file("bomb.zip", body)


def test_no_path_of_an_archive_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    recipe = json.dumps({"name": "S", "ingredients": PARTS})
    outside = tmp_path.parent / "outside"
    body = BytesIO()
    with zipfile.ZipFile(body, "w") as archive:
        for path in ("../outside/cocktails/a.json", f"{outside}/cocktails/b.json"):
            archive.writestr(path, recipe)
    assert len(read_in_child("a.zip", body.getvalue()).recipes) == 2
    assert not outside.exists()
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("deep.json", b'{"data":' * 10_000 + b"1" + b"}" * 10_000),
        ("deep.json", b'{"data":' * 190 + b"1" + b"}" * 190),
        ("deep.yml", b"a: " + b"[" * 5_000 + b"]" * 5_000),
        ("deep.xml", b"<a>" * 5_000 + b"</a>" * 5_000),
        ("laughs.yml", b"a: &a [x, x]\nb: &b [*a, *a]\nname: q\ningredients: [*b]\n"),
        ("laughs.xml", b'<!DOCTYPE r [<!ENTITY a "&#65;">]><r>&a;</r>'),
        ("outside.xml", b'<!DOCTYPE r SYSTEM "http://x.invalid/"><r/>'),
        ("sixties.yml", b"name: q\ningredients: [1 oz gin]\na: 1" + b":1" * 100_000),
        ("program.yml", b"!!python/object/apply:os.system [id]\n"),
    ],
)
def test_traps_are_refused_at_once(name: str, body: bytes) -> None:
    with pytest.raises(UnreadableError) as refused:
        read_in_child(name, body)
    assert "was not read within" not in str(refused.value)


_TWICE = '"name": "Sour", "ingredients": ["45 ml Pisco"]'


@pytest.mark.parametrize(
    ("name", "text", "place"),
    [
        ("a.json", f'[{{{_TWICE}, "name": "Fizz"}}]', "at line 1"),
        ("whole.json", f'{{"recipes": [{{{_TWICE}}}],\n"recipes": []}}', "at line 2"),
        ("lines.json", f'{{{_TWICE}}}\n{{{_TWICE}}}\n{{{_TWICE}, "name": "Fizz"}}', "at line 3"),
        ("a.yml", "- name: Sour\n  ingredients: [Pisco]\n  name: Fizz\n", "at line 3"),
    ],
)
def test_a_key_that_is_there_twice_is_refused_with_its_place(
    name: str, text: str, place: str
) -> None:
    with pytest.raises(UnreadableError, match=f"there is a second key .*{place}"):
        read_file(name, text.encode())


def test_a_child_that_takes_too_long_is_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[subprocess.Popen[bytes]] = []

    class Halted(subprocess.Popen):  # type: ignore[type-arg]
        def __init__(self, *arguments: Any, **named: Any) -> None:
            super().__init__(*arguments, **named)
            self.send_signal(signal.SIGSTOP)  # it has no input yet, so it has not ended
            started.append(self)

    monkeypatch.setattr(subprocess, "Popen", Halted)
    with pytest.raises(UnreadableError, match="was not read within"):
        read_in_child("a.csv", SAMPLES["a.csv"], bounds=Bounds(seconds=0.01))
    assert [child.returncode for child in started] == [-signal.SIGKILL]


def test_a_child_that_takes_too_much_memory_ends() -> None:
    body = json.dumps([{"name": str(n), "ingredients": ["1 oz gin"]} for n in range(20_000)])
    with pytest.raises(UnreadableError, match="memory"):
        read_in_child("a.json", body.encode(), bounds=Bounds(memory_bytes=40 * 2**20))


def test_a_file_that_is_too_large_is_refused_before_it_is_read() -> None:
    with pytest.raises(UnreadableError, match="split it"):
        read_in_child("a.csv", b"x" * 101, bounds=Bounds(file_bytes=100))
