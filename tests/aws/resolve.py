"""The template as CloudFormation sees it: translated, its functions resolved to plain values.

What AWS makes up (ids, generated names) is made up here, too; what the template names is as it is
there. A function or an attribute that is not known raises, so that no gate passes over a gap.
"""

import copy
import functools
import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal
from unittest import mock

from samtranslator.translator.transform import transform
from samtranslator.yaml_helper import yaml_parse

from tests.conftest import ROOT

Stage = Literal["dev", "prod"]

TEMPLATE = ROOT / "template.yaml"
ACCOUNT, REGION = "123456789012", "us-east-1"
ZONES = [f"{REGION}{letter}" for letter in "abcdef"]
_NOTHING = object()
_KEPT = ("Type", "Properties", "DependsOn", "DeletionPolicy", "UpdateReplacePolicy")


_PLAIN_FUNCTIONS: dict[str, Callable[[Any, Any], Any]] = {
    "FindInMap": lambda mappings, path: mappings[path[0]][path[1]][path[2]],
    "Select": lambda _mappings, argument: argument[1][int(argument[0])],
    "GetAZs": lambda _mappings, _region: ZONES,
    "Join": lambda _mappings, argument: argument[0].join(argument[1]),
}

_IDENTITIES: dict[str, tuple[str, dict[str, str]]] = {
    "AWS::Batch::ComputeEnvironment": ("arn:aws:batch:{here}:compute-environment/{plain}", {}),
    "AWS::Batch::JobDefinition": ("arn:aws:batch:{here}:job-definition/{plain}:1", {}),
    "AWS::Batch::JobQueue": ("arn:aws:batch:{here}:job-queue/{plain}", {}),
    "AWS::Cognito::UserPool": ("{region}_Example", {}),
    "AWS::ECR::Repository": (
        "{lower}",
        {"RepositoryUri": "{account}.dkr.ecr.{region}.amazonaws.com/{lower}"},
    ),
    "AWS::EFS::AccessPoint": (
        "fsap-0123456789abcdef0",
        {"Arn": "arn:aws:elasticfilesystem:{here}:access-point/fsap-0123456789abcdef0"},
    ),
    "AWS::EFS::FileSystem": (
        "fs-0123456789abcdef0",
        {"Arn": "arn:aws:elasticfilesystem:{here}:file-system/fs-0123456789abcdef0"},
    ),
    "AWS::Events::Rule": ("{plain}", {"Arn": "arn:aws:events:{here}:rule/{plain}"}),
    "AWS::IAM::InstanceProfile": (
        "{plain}",
        {"Arn": "arn:aws:iam::{account}:instance-profile/{plain}"},
    ),
    "AWS::IAM::Role": ("{plain}", {"Arn": "arn:aws:iam::{account}:role/{plain}"}),
    "AWS::CloudFront::CachePolicy": ("{plain}", {}),
    "AWS::CloudFront::Distribution": ("{plain}", {"DomainName": "d111111abcdef8.cloudfront.net"}),
    "AWS::CloudFront::Function": (
        "{plain}",
        {"FunctionMetadata.FunctionARN": "arn:aws:cloudfront::{account}:function/{plain}"},
    ),
    "AWS::CloudFront::OriginAccessControl": ("{plain}", {"Id": "{plain}"}),
    "AWS::CloudWatch::Alarm": ("{plain}", {"Arn": "arn:aws:cloudwatch:{here}:alarm:{plain}"}),
    "AWS::Lambda::Function": ("{named}", {"Arn": "arn:aws:lambda:{here}:function:{named}"}),
    "AWS::Logs::LogGroup": ("{named}", {"Arn": "arn:aws:logs:{here}:log-group:{named}:*"}),
    "AWS::RDS::DBCluster": (
        "{lower}",
        {
            "Endpoint.Address": "{lower}.cluster-cexample.{region}.rds.amazonaws.com",
            "DBClusterResourceId": "cluster-EXAMPLE",
        },
    ),
    "AWS::S3::Bucket": (
        "{lower}",
        {
            "Arn": "arn:aws:s3:::{lower}",
            "RegionalDomainName": "{lower}.s3.{region}.amazonaws.com",
        },
    ),
    "AWS::SecretsManager::Secret": ("arn:aws:secretsmanager:{here}:secret:{plain}", {}),
    "AWS::SNS::Topic": ("arn:aws:sns:{here}:{plain}", {}),
    "AWS::SQS::Queue": (
        "https://sqs.{region}.amazonaws.com/{account}/{plain}",
        {"Arn": "arn:aws:sqs:{here}:{plain}", "QueueName": "{plain}"},
    ),
}
"""What `Ref` and `GetAtt` give, by type; the plain name where a type is not listed."""


class _NoManagedPolicies:
    def load(self) -> dict[str, str]:
        return {}


def load_template() -> dict[str, Any]:
    """The template as it is written, its tags as functions (`!Ref x` is {"Ref": "x"})."""
    template: dict[str, Any] = yaml_parse(TEMPLATE.read_text())
    return template


def translate(template: dict[str, Any]) -> dict[str, Any]:
    """What the SAM transform makes of a template; needs no network."""
    template = copy.deepcopy(template)
    for name, resource in template["Resources"].items():
        if resource["Type"] == "AWS::Serverless::Function":
            resource["Properties"]["CodeUri"] = f"s3://packages/{name}"
    with mock.patch.dict(os.environ, {"AWS_DEFAULT_REGION": REGION}):
        translated: dict[str, Any] = transform(template, {}, _NoManagedPolicies())
    return translated


@functools.cache
def translated_template() -> dict[str, Any]:
    """The project's own template, translated."""
    return translate(load_template())


@dataclass(frozen=True, slots=True)
class Function:
    """A Lambda function."""

    name: str
    handler: str
    runtime: str
    timeout_seconds: int
    environment: dict[str, str]
    role: str
    """ARN of its role."""


@dataclass(frozen=True, slots=True)
class BatchJob:
    """The container that the job definition describes."""

    image: str
    environment: dict[str, str]
    vcpus: int
    memory_mib: int
    read_only_mounts: tuple[str, ...]
    writable_mounts: tuple[str, ...]


@dataclass(frozen=True)
class ResolvedTemplate:
    """One stage's resources, with plain values only."""

    stage: Stage
    stack: str
    resources: dict[str, dict[str, Any]]
    """Type, Properties, DependsOn and policies of what is deleted, by logical id."""
    outputs: dict[str, str]
    _resolver: "_Resolver"

    def resource(self, logical_id: str) -> dict[str, Any]:
        """The properties of a resource."""
        properties: dict[str, Any] = self.resources[logical_id].get("Properties", {})
        return properties

    def of_type(self, kind: str) -> dict[str, dict[str, Any]]:
        """The properties of all resources of a type, by logical id."""
        return {
            name: self.resource(name)
            for name, each in self.resources.items()
            if each["Type"] == kind
        }

    def ref(self, logical_id: str) -> Any:
        """What `!Ref` gives."""
        return self._resolver.ref(logical_id)

    def attribute(self, logical_id: str, attribute: str) -> str:
        """What `!GetAtt` gives."""
        return self._resolver.attribute(logical_id, attribute)

    @property
    def functions(self) -> dict[str, Function]:
        """The functions by logical id."""
        return {
            name: Function(
                name=each["FunctionName"],
                handler=each["Handler"],
                runtime=each["Runtime"],
                timeout_seconds=each["Timeout"],
                environment=each["Environment"]["Variables"],
                role=each["Role"],
            )
            for name, each in self.of_type("AWS::Lambda::Function").items()
        }

    @property
    def job(self) -> BatchJob:
        """The analytics job."""
        container = self.resource("AnalyticsJobDefinition")["ContainerProperties"]
        needs = {each["Type"]: int(each["Value"]) for each in container["ResourceRequirements"]}
        mounts = container["MountPoints"]
        return BatchJob(
            image=container["Image"],
            environment={each["Name"]: each["Value"] for each in container["Environment"]},
            vcpus=needs["VCPU"],
            memory_mib=needs["MEMORY"],
            read_only_mounts=tuple(m["ContainerPath"] for m in mounts if m.get("ReadOnly")),
            writable_mounts=tuple(m["ContainerPath"] for m in mounts if not m.get("ReadOnly")),
        )

    @property
    def policies(self) -> dict[str, list[dict[str, Any]]]:
        """The inline policy documents of each role, by the role's logical id."""
        return {
            name: [each["PolicyDocument"] for each in properties.get("Policies", [])]
            for name, properties in self.of_type("AWS::IAM::Role").items()
        }


def resolve(stage: Stage, **parameters: str) -> ResolvedTemplate:
    """The project's template for a stage; parameters are those of the template."""
    return resolve_template(translated_template(), stage, **parameters)


def resolve_template(
    translated: dict[str, Any], stage: Stage, **parameters: str
) -> ResolvedTemplate:
    """Any translated template for a stage."""
    given = {"Stage": stage, "ImageTag": "test", **parameters}
    resolver = _Resolver(translated, f"cocktailspace-{stage}", given)
    resources = {
        name: resolver.resolve({k: v for k, v in each.items() if k in _KEPT})
        for name, each in translated["Resources"].items()
        if resolver.wanted(each)
    }
    outputs = {
        name: resolver.resolve(each["Value"])
        for name, each in translated.get("Outputs", {}).items()
        if resolver.wanted(each)
    }
    return ResolvedTemplate(stage, resolver.stack, resources, outputs, resolver)


class _Resolver:
    """Evaluates the functions of one template."""

    def __init__(self, template: dict[str, Any], stack: str, given: dict[str, str]) -> None:
        self.stack = stack
        self._template = template
        self._parameters = {
            name: given.get(name, each.get("Default"))
            for name, each in template["Parameters"].items()
        }
        missing = [name for name, value in self._parameters.items() if value is None]
        if missing or (unknown := given.keys() - self._parameters.keys()):
            raise ValueError(f"parameters without a value: {missing}; unknown: {unknown}")

    def wanted(self, part: dict[str, Any]) -> bool:
        """Whether a resource or an output exists under these parameters."""
        return "Condition" not in part or self._condition(part["Condition"])

    def resolve(self, value: Any) -> Any:
        """A plain value."""
        if isinstance(value, list):
            found = (self.resolve(each) for each in value)
            return [each for each in found if each is not _NOTHING]
        if not isinstance(value, dict):
            return value
        if len(value) == 1:
            [(name, argument)] = value.items()
            if name == "Ref":
                return self.ref(argument)
            if name.startswith("Fn::"):
                return self._function(name.removeprefix("Fn::"), argument)
        resolved = {key: self.resolve(each) for key, each in value.items()}
        return {key: each for key, each in resolved.items() if each is not _NOTHING}

    def ref(self, name: str) -> Any:
        if name in self._parameters:
            return self._parameters[name]
        if name.startswith("AWS::"):
            return self._pseudo(name)
        return self._identity(name)[0]

    def attribute(self, name: str, attribute: str) -> str:
        _, attributes = self._identity(name)
        if attribute not in attributes:
            raise NotImplementedError(
                f"{name}.{attribute} is not known here; add it to _IDENTITIES"
            )
        return attributes[attribute]

    def _pseudo(self, name: str) -> Any:
        known = {
            "AWS::AccountId": ACCOUNT,
            "AWS::Region": REGION,
            "AWS::Partition": "aws",
            "AWS::URLSuffix": "amazonaws.com",
            "AWS::StackName": self.stack,
            "AWS::NoValue": _NOTHING,
        }
        return known[name]

    def _function(self, name: str, argument: Any) -> Any:
        if name == "GetAtt":
            return self.attribute(*argument)
        if name == "Sub":
            return self._sub(argument)
        if name == "If":
            return self.resolve(argument[1 if self._condition(argument[0]) else 2])
        if name not in _PLAIN_FUNCTIONS:
            raise NotImplementedError(f"Fn::{name} is not known here; add it to _PLAIN_FUNCTIONS")
        return _PLAIN_FUNCTIONS[name](self._template["Mappings"], self.resolve(argument))

    def _sub(self, argument: Any) -> str:
        text, names = (argument, {}) if isinstance(argument, str) else argument

        def value_of(found: re.Match[str]) -> str:
            name = found[1]
            if name in names:
                return str(self.resolve(names[name]))
            if "." in name:
                return self.attribute(*name.split(".", 1))
            return str(self.ref(name))

        return re.sub(r"\$\{([^!}]+)\}", value_of, text)

    def _condition(self, condition: Any) -> bool:
        if isinstance(condition, str):
            return self._condition(self._template["Conditions"][condition])
        [(name, argument)] = condition.items()
        match name:
            case "Condition":
                return self._condition(argument)
            case "Fn::Equals":
                first, second = self.resolve(argument)
                return bool(first == second)
            case "Fn::Not":
                return not self._condition(argument[0])
        raise NotImplementedError(f"{name} is not known here; add it to _condition")

    def _identity(self, name: str) -> tuple[str, dict[str, str]]:
        """What `Ref` and `GetAtt` give for a resource."""
        resource = self._template["Resources"][name]
        plain = f"{self.stack}-{name}"
        words = {
            "plain": plain,
            "lower": plain.lower(),
            "named": self._given_name(resource) or plain,
            "here": f"{REGION}:{ACCOUNT}",
            "account": ACCOUNT,
            "region": REGION,
        }
        reference, attributes = _IDENTITIES.get(resource["Type"], ("{plain}", {}))
        filled = {each: text.format_map(words) for each, text in attributes.items()}
        return reference.format_map(words), filled

    def _given_name(self, resource: dict[str, Any]) -> str | None:
        properties = resource.get("Properties", {})
        given = properties.get("FunctionName") or properties.get("LogGroupName")
        return None if given is None else str(self.resolve(given))
