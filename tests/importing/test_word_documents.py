"""Documents of word processors: specs under headings, in lists, in tables."""

import io
import tracemalloc
import zipfile

import pytest

from cocktailspace.importing.readers.files import read_file
from cocktailspace.importing.readers.word_documents import text_part
from cocktailspace.importing.rows import UnreadableError
from tests.importing.test_readers import docx, read, said, zipped


def test_a_document_has_recipes_in_its_text_and_in_its_tables() -> None:
    found = read(
        "specs.docx",
        docx(
            "# Garden Party", "Glass: highball", "- 45ml gin", "- Top soda", "Build.",
            [["Drink", "Specs", "Price"], ["Dry", "2 oz gin, 1 oz dry vermouth", "12"]],
            "# Smoke", [["50 ml", "mezcal"], ["2 dashes", "mole bitters"]], "Stir.",
        ),
    )  # fmt: skip
    dry, party, smoke = found.recipes
    assert (party.name, party.glass, party.instructions) == ("Garden Party", "highball", "Build.")
    assert said(party) == [(45, "ml", "gin"), (None, "top", "soda")]
    assert said(smoke) == [(50, "ml", "mezcal"), (2, "dash", "mole bitters")]
    assert (dry.name, said(dry)) == ("Dry", [(2, "oz", "gin"), (1, "oz", "dry vermouth")])
    assert (found.format, found.columns) == ("document", ("Price",))


def test_a_document_may_have_no_headings() -> None:
    found = read("a.docx", docx("NEGRONI", "30 ml gin", "30 ml Campari", "", "GIMLET", "60 ml gin"))
    assert [recipe.name for recipe in found.recipes] == ["NEGRONI", "GIMLET"]
    assert read("dry-one.docx", docx("60 ml gin", "10 ml vermouth")).recipes[0].name == "Dry One"


def test_an_open_document_is_read_without_what_was_deleted() -> None:
    text = (
        "<o xmlns:t='t'><t:tracked-changes><t:p>1 oz rum</t:p></t:tracked-changes>"
        "<t:h>Dry</t:h><t:list><t:list-item><t:p>60 ml<t:s/>gin</t:p></t:list-item></t:list></o>"
    )
    kind = "application/vnd.oasis.opendocument.text"
    found = read("a.odt", zipped({"mimetype": kind, "content.xml": text}))
    (recipe,) = found.recipes
    assert found.remarks == ()  # nothing of what was deleted is passed over, either
    assert (recipe.name, said(recipe)) == ("Dry", [(60, "ml", "gin")])


@pytest.mark.parametrize(
    ("xml", "message"),
    [
        ("<!DOCTYPE a [<!ENTITY b 'c'>]><a/>", "DOCTYPE"),
        ("<a><b></a>", "damaged"),
        ("<a>" * 400 + "</a>" * 400, "nested deeper"),
        ("<a/>", "no recipes"),
    ],
)
def test_a_document_that_cannot_be_read_says_why(xml: str, message: str) -> None:
    with pytest.raises(UnreadableError, match=message):
        read_file("a.docx", zipped({"word/document.xml": xml}))


def test_what_kind_of_document_it_is_is_not_read_whole() -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", bytes(20_000_000))
        archive.writestr("content.xml", "")
    with zipfile.ZipFile(packed) as archive:
        tracemalloc.start()
        assert text_part(archive) is None
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert peak < 1_000_000
