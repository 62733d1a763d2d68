"""JSON, YAML and XML become objects, within bounds and without following anything."""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any
from xml.parsers import expat

import yaml

from cocktailspace.importing.readers.bounds import BOUNDS
from cocktailspace.importing.rows import UnreadableError
from cocktailspace.json_input import JsonError, parse_json

_LONG_NUMBER = re.compile(r"[-+]?\d[\da-fx:_.]{300,}", re.IGNORECASE)
"""In any base, or in parts of sixty: the library would take minutes for what is megabytes long."""
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read_json(text: str) -> Any:
    """A JSON document, or one on each line."""
    try:
        return _parsed(text)
    except JsonError as error:
        lines = [line for line in text.splitlines() if line.strip()]
        if len(lines) > 1 and all(line.lstrip()[:1] in "{[" for line in lines[:50]):
            with suppress(JsonError):
                return [_parsed(lines[0]), *_parsed_lines(lines[1:])]
        raise UnreadableError(f"this is not whole JSON: {error}") from None


def _parsed_lines(lines: Sequence[str]) -> Iterator[Any]:
    for number, line in enumerate(lines, 2):
        try:
            yield _parsed(line)
        except JsonError as error:
            place = str(error).replace("at line 1", f"at line {number}")
            raise UnreadableError(f"this is not whole JSON: {place}") from None


def _parsed(text: str) -> Any:
    return parse_json(text.encode("utf-8", "replace"), most_values=BOUNDS.cells)


class _YamlLoader(_LOADER):  # type: ignore[misc, valid-type] # either of the library's two
    """Refuses a key that is given twice, of which the library takes the last without a word."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> Any:
        seen: set[str] = set()
        for key, _ in node.value:
            if isinstance(key, yaml.ScalarNode):
                if key.value in seen:
                    line = key.start_mark.line + 1
                    raise UnreadableError(f"there is a second key {key.value!r} at line {line}")
                seen.add(key.value)
        return super().construct_mapping(node, deep)


def read_yaml(text: str) -> Any:
    """A YAML document, or the list of several; no aliases, no tags of programs, no number of
    hundreds of digits.
    """
    try:
        depth = 0
        for event in yaml.parse(text, Loader=_LOADER):
            if isinstance(event, yaml.AliasEvent):
                raise UnreadableError("a YAML file with aliases (*name) is not read: write it out")
            if isinstance(event, yaml.CollectionStartEvent):
                depth += 1
            elif isinstance(event, yaml.CollectionEndEvent):
                depth -= 1
            elif isinstance(event, yaml.ScalarEvent) and _LONG_NUMBER.fullmatch(event.value):
                line = event.start_mark.line + 1
                raise UnreadableError(f"there is a number of hundreds of digits at line {line}")
            if depth > BOUNDS.depth:
                raise UnreadableError(f"the YAML is nested deeper than {BOUNDS.depth}")
        documents = list(yaml.load_all(text, Loader=_YamlLoader))
    except (yaml.YAMLError, ValueError, TypeError) as error:  # also of dates that are none
        if isinstance(error, UnreadableError):
            raise
        raise UnreadableError(f"this is not whole YAML: {error}") from None
    return documents[0] if len(documents) == 1 else documents


class _Tree:
    """Makes objects of an XML document: elements that repeat become lists."""

    def __init__(self) -> None:
        self.stack: list[tuple[str, dict[str, Any], list[str]]] = [("", {}, [])]

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        if len(self.stack) > BOUNDS.depth:
            raise UnreadableError(f"the XML is nested deeper than {BOUNDS.depth}")
        self.stack.append((name, dict(attributes), []))

    def end(self, _: str) -> None:
        name, children, texts = self.stack.pop()
        text = "".join(texts).strip()
        content: Any = {**children, **({"text": text} if text else {})} if children else text
        into = self.stack[-1][1]
        if name not in into:
            into[name] = content
        elif isinstance(into[name], list):
            into[name].append(content)
        else:
            into[name] = [into[name], content]

    def text(self, data: str) -> None:
        self.stack[-1][2].append(data)


def read_xml(text: str) -> Any:
    """An XML document; one that declares entities or anything else itself is not read."""

    def refuse(_name: str, _system: str | None, _public: str | None, has_own: bool) -> None:
        if has_own:
            raise UnreadableError("an XML file with declarations in its DOCTYPE is not read: "
                                  "take it out")  # fmt: skip

    tree = _Tree()
    parser = expat.ParserCreate("utf-8")  # which takes the place of what the file says
    parser.StartDoctypeDeclHandler = refuse
    parser.StartElementHandler = tree.start
    parser.EndElementHandler = tree.end
    parser.CharacterDataHandler = tree.text
    try:
        parser.Parse(text.encode("utf-8", "replace"), True)
    except expat.ExpatError as error:
        raise UnreadableError(f"this is not whole XML: {error}") from None
    return tree.stack[0][1]
