"""What CloudFormation does to a running stack when it is given the template as it is now.

A resource keeps its physical one as long as its logical id, its type and the properties stay that
its schema calls create-only. New ones are made before old ones are deleted, so that no new one may
have a name that is taken. `python -m tests.aws.updates COMMIT` prints what an earlier template
holds, as the files in `earlier` have it.
"""

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER
from samtranslator.yaml_helper import yaml_parse

from tests.aws.resolve import REGION, ResolvedTemplate, resolve_template, translate
from tests.conftest import ROOT

EARLIER = Path(__file__).parent / "earlier"

NAMED_BY = {
    "AWS::ApiGatewayV2::Route": ("ApiId", "RouteKey"),
    "AWS::ApiGatewayV2::Authorizer": ("ApiId", "Name"),
    "AWS::CloudFront::Function": ("Name",),
    "AWS::CloudFront::CachePolicy": ("CachePolicyConfig/Name",),
    "AWS::CloudFront::ResponseHeadersPolicy": ("ResponseHeadersPolicyConfig/Name",),
    "AWS::CloudFront::OriginAccessControl": ("OriginAccessControlConfig/Name",),
}
"""What must be the only one of its kind, where the identifier is AWS's own."""


@dataclass(frozen=True, slots=True)
class Held:
    """What of a resource decides whether it is kept, and which names it takes."""

    type: str
    fixed: dict[str, Any]
    names: list[str]


@dataclass(frozen=True, slots=True)
class Update:
    """What becomes of an earlier stack's resources, by logical id, and what cannot be made."""

    kept: set[str]
    replaced: set[str]
    deleted: set[str]
    clashes: set[str]


def held(template: ResolvedTemplate) -> dict[str, Held]:
    """What each resource of a template holds."""
    return {
        name: Held(each["Type"], _fixed(each), sorted(_names(name, each, template)))
        for name, each in template.resources.items()
    }


def earlier(name: str) -> dict[str, Held]:
    """What an earlier template held."""
    read: dict[str, Any] = json.loads((EARLIER / f"{name}.json").read_text())
    return {logical_id: Held(*each) for logical_id, each in read.items()}


def update(before: dict[str, Held], after: dict[str, Held]) -> Update:
    """What CloudFormation does with a stack of before."""
    both = before.keys() & after.keys()
    kept = {
        name
        for name in both
        if (before[name].type, before[name].fixed) == (after[name].type, after[name].fixed)
    }
    taken = {text: name for name, each in before.items() for text in each.names}
    clashes = {
        f"{name}: {text}"
        for name, each in after.items()
        for text in each.names
        if text in taken and not (taken[text] == name and name in kept)
    }
    return Update(kept, both - kept, before.keys() - after.keys(), clashes)


def _at(properties: Any, path: str) -> Any:
    for key in path.split("/"):
        properties = properties.get(key) if isinstance(properties, dict) else None
    return properties


def _schema(kind: str) -> dict[str, Any]:
    found: dict[str, Any] = PROVIDER_SCHEMA_MANAGER.get_resource_schema(REGION, kind).schema
    return found


def _fixed(resource: dict[str, Any]) -> dict[str, Any]:
    """Its create-only properties."""
    listed = _schema(resource["Type"]).get("createOnlyProperties", ())
    paths = [each.removeprefix("/properties/") for each in listed]
    found = {path: _at(resource.get("Properties", {}), path) for path in sorted(paths)}
    return {path: value for path, value in found.items() if value is not None}


def _names(logical_id: str, resource: dict[str, Any], template: ResolvedTemplate) -> Iterator[str]:
    """Names that no other resource can have beside it."""
    kind, properties = resource["Type"], resource.get("Properties", {})
    identifier = _schema(kind).get("primaryIdentifier", ())
    paths = NAMED_BY.get(kind) or [each.removeprefix("/properties/") for each in identifier]
    values = [_at(properties, path) for path in paths]
    if values and all(isinstance(each, str) for each in values):
        yield " ".join((kind, *values))
    for path, methods in properties.get("Body", {}).get("paths", {}).items():
        for method in methods:  # an API that is written as one document makes its routes
            route = f"{method.upper()} {path}"
            yield f"AWS::ApiGatewayV2::Route {template.ref(logical_id)} {route}"


def main() -> None:
    """Print what the template of a commit held."""
    command = ["git", "show", f"{sys.argv[1]}:template.yaml"]
    text = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    found = held(resolve_template(translate(yaml_parse(text)), "prod"))
    rows = (f"{json.dumps(k)}: {json.dumps([v.type, v.fixed, v.names])}" for k, v in found.items())
    print("{\n" + ",\n".join(rows) + "\n}")


if __name__ == "__main__":
    main()
