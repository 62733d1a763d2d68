"""The policy gate: what each role may and may not do, judged by an IAM simulator, offline."""

import json
import shutil
import subprocess
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.aws.database import arn_of_user
from tests.aws.resolve import ACCOUNT, REGION, ResolvedTemplate, resolve
from tests.conftest import need

FOLDER = Path(__file__).parent
TEMPLATE: ResolvedTemplate = resolve("dev", Catalogue="aurora")
STACK = TEMPLATE.stack

BUCKET = TEMPLATE.attribute("AnalyticsBucket", "Arn")
DEAD_LETTERS = TEMPLATE.attribute("AnalyticsDeadLetterQueue", "Arn")
DEFINITION = TEMPLATE.ref("AnalyticsJobDefinition")
FAILURES = TEMPLATE.attribute("AnalyticsTriggerFailures", "Arn")
FILES = TEMPLATE.attribute("FileSystem", "Arn")
QUEUE = TEMPLATE.ref("AnalyticsJobQueue")
SCHEDULER_ROLE = TEMPLATE.attribute("AnalyticsSchedulerRole", "Arn")
TRIGGER = TEMPLATE.attribute("AnalyticsTriggerFunction", "Arn")
SCHEDULES = f"arn:aws:scheduler:{REGION}:{ACCOUNT}:schedule"
INTERFACE = f"arn:aws:ec2:{REGION}:{ACCOUNT}:network-interface/eni-0123456789abcdef0"

TO_SCHEDULER = {"iam:PassedToService": "scheduler.amazonaws.com"}
SIGNED_IN = {
    "elasticfilesystem:AccessPointArn": TEMPLATE.attribute("FileSystemAccessPoint", "Arn"),
    "aws:SecureTransport": "true",
}
OTHER_POINT = {
    **SIGNED_IN,
    "elasticfilesystem:AccessPointArn": f"{SIGNED_IN['elasticfilesystem:AccessPointArn']}0",
}
PLAIN = {**SIGNED_IN, "aws:SecureTransport": "false"}
FROM_THE_CODE = {
    "lambda:SourceFunctionArn": TEMPLATE.attribute("CocktailLambda", "Arn"),
}


@dataclass(frozen=True)
class Case:
    """May this role do that to this?"""

    role: str
    action: str
    resource: str
    context: dict[str, str] = field(default_factory=dict)


API, TRIGGERS, SCHEDULER, JOB, BY_HAND = (
    "CocktailLambdaRole",
    "AnalyticsTriggerRole",
    "AnalyticsSchedulerRole",
    "AnalyticsJobRole",
    "DatabaseJobRole",
)
MASTER, WRITER, READER = (
    arn_of_user(TEMPLATE, user) for user in ("postgres", "cocktailspace", "cocktailspace_job")
)

ALLOWED = [
    Case(API, "scheduler:UpdateSchedule", f"{SCHEDULES}/default/{STACK}-analytics-debounce"),
    Case(API, "scheduler:CreateSchedule", f"{SCHEDULES}/default/{STACK}-analytics-debounce"),
    Case(API, "iam:PassRole", SCHEDULER_ROLE, TO_SCHEDULER),
    Case(API, "s3:GetObject", f"{BUCKET}/analytics/v1/manifest.json"),
    Case(API, "s3:GetObject", f"{BUCKET}/analytics/v1/runs/any/cocktail-space.json"),
    *(
        Case(API, f"s3:{action}", f"{BUCKET}/{key}")
        for action in ("GetObject", "PutObject")
        for key in ("exports/any/catalogue.json", "imports/requests/any", "imports/uploads/any")
    ),
    Case(API, "elasticfilesystem:ClientMount", FILES, SIGNED_IN),
    Case(API, "elasticfilesystem:ClientWrite", FILES, SIGNED_IN),
    Case(API, "ec2:CreateNetworkInterface", INTERFACE),
    Case(TRIGGERS, "batch:SubmitJob", QUEUE),
    Case(TRIGGERS, "batch:SubmitJob", DEFINITION),
    Case(TRIGGERS, "batch:ListJobs", "*"),
    Case(TRIGGERS, "sqs:SendMessage", FAILURES),
    Case(SCHEDULER, "lambda:InvokeFunction", TRIGGER),
    Case(SCHEDULER, "sqs:SendMessage", DEAD_LETTERS),
    Case(JOB, "s3:GetObject", f"{BUCKET}/analytics/v1/manifest.json"),
    Case(JOB, "s3:PutObject", f"{BUCKET}/analytics/v1/manifest.json"),
    Case(JOB, "s3:DeleteObject", f"{BUCKET}/analytics/v1/runs/old/cocktail-space.json"),
    Case(JOB, "s3:ListBucket", BUCKET, {"s3:prefix": "analytics/v1/runs/"}),
    Case(JOB, "elasticfilesystem:ClientMount", FILES, SIGNED_IN),
    Case(API, "rds-db:connect", WRITER),
    Case(JOB, "rds-db:connect", READER),
    Case(BY_HAND, "rds-db:connect", MASTER),
    Case(BY_HAND, "rds-db:connect", WRITER),
    Case(BY_HAND, "elasticfilesystem:ClientWrite", FILES, SIGNED_IN),
]

DENIED = [
    *(Case(API, "rds-db:connect", user) for user in (MASTER, READER)),
    *(Case(JOB, "rds-db:connect", user) for user in (MASTER, WRITER)),
    *(Case(role, "rds-db:connect", WRITER) for role in (TRIGGERS, SCHEDULER)),
    Case(API, "rds-db:connect", WRITER.replace("cluster-", "cluster-OTHER")),
    Case(BY_HAND, "rds-db:connect", f"{WRITER}_2"),
    Case(BY_HAND, "elasticfilesystem:ClientWrite", FILES, PLAIN),
    Case(BY_HAND, "s3:PutObject", f"{BUCKET}/analytics/v1/manifest.json"),
    Case(API, "rds:DeleteDBCluster", WRITER.replace("rds-db", "rds").replace("dbuser", "cluster")),
    Case(API, "scheduler:UpdateSchedule", f"{SCHEDULES}/default/another"),
    Case(API, "scheduler:UpdateSchedule", f"{SCHEDULES}/mine/{STACK}-analytics-debounce"),
    Case(API, "scheduler:UpdateSchedule", f"{SCHEDULES}/default/{STACK}-analytics-debounce-2"),
    Case(API, "scheduler:CreateSchedule", f"{SCHEDULES}/default/another"),
    Case(API, "scheduler:DeleteSchedule", f"{SCHEDULES}/default/{STACK}-analytics-debounce"),
    Case(API, "iam:PassRole", TEMPLATE.attribute("AnalyticsJobRole", "Arn"), TO_SCHEDULER),
    Case(API, "iam:PassRole", f"{SCHEDULER_ROLE}-2", TO_SCHEDULER),
    Case(API, "iam:PassRole", SCHEDULER_ROLE, {"iam:PassedToService": "lambda.amazonaws.com"}),
    Case(API, "lambda:InvokeFunction", TRIGGER),
    Case(API, "batch:SubmitJob", QUEUE),
    Case(API, "s3:GetObject", f"{BUCKET}/analytics/v2/manifest.json"),
    Case(API, "s3:GetObject", f"{BUCKET}-2/analytics/v1/manifest.json"),
    Case(API, "s3:PutObject", f"{BUCKET}/analytics/v1/manifest.json"),
    Case(API, "s3:DeleteObject", f"{BUCKET}/analytics/v1/manifest.json"),
    Case(API, "s3:PutObject", f"{BUCKET}/static/any/app.js"),
    Case(API, "s3:PutObject", f"{BUCKET}/site.json"),
    Case(API, "s3:DeleteObject", f"{BUCKET}/imports/requests/any"),
    Case(API, "s3:GetObject", f"{BUCKET}-2/imports/answers/any"),
    Case(JOB, "s3:GetObject", f"{BUCKET}/imports/uploads/any"),
    Case(API, "lambda:InvokeFunction", TEMPLATE.attribute("ImportFunction", "Arn")),
    Case(API, "s3:ListBucket", BUCKET, {"s3:prefix": "analytics/v1/manifest.json"}),
    Case(API, "elasticfilesystem:ClientWrite", FILES, OTHER_POINT),
    Case(API, "elasticfilesystem:ClientRootAccess", FILES, SIGNED_IN),
    Case(API, "elasticfilesystem:ClientMount", FILES, PLAIN),
    Case(API, "ec2:CreateNetworkInterface", INTERFACE, FROM_THE_CODE),
    Case(API, "ec2:DescribeSubnets", "*", FROM_THE_CODE),
    Case(TRIGGERS, "batch:SubmitJob", f"{QUEUE}-2"),
    Case(TRIGGERS, "batch:SubmitJob", DEFINITION.replace("AnalyticsJob", "AnotherJob")),
    Case(TRIGGERS, "batch:TerminateJob", f"arn:aws:batch:{REGION}:{ACCOUNT}:job/any"),
    Case(TRIGGERS, "iam:PassRole", TEMPLATE.attribute("AnalyticsJobRole", "Arn")),
    Case(SCHEDULER, "lambda:InvokeFunction", TEMPLATE.attribute("CocktailLambda", "Arn")),
    Case(SCHEDULER, "batch:SubmitJob", QUEUE),
    Case(SCHEDULER, "sqs:SendMessage", FAILURES),
    Case(JOB, "s3:PutObject", f"{BUCKET}/analytics/v2/manifest.json"),
    Case(JOB, "s3:PutObject", f"{BUCKET}/index.html"),
    Case(JOB, "s3:PutObject", f"{BUCKET}-2/analytics/v1/manifest.json"),
    Case(JOB, "s3:DeleteBucket", BUCKET),
    Case(JOB, "elasticfilesystem:ClientWrite", FILES, SIGNED_IN),
    Case(JOB, "elasticfilesystem:ClientMount", FILES, PLAIN),
    Case(JOB, "elasticfilesystem:ClientMount", FILES, OTHER_POINT),
    Case(JOB, "scheduler:UpdateSchedule", f"{SCHEDULES}/default/{STACK}-analytics-debounce"),
    Case(JOB, "batch:SubmitJob", QUEUE),
]


@cache
def _simulator() -> str:
    node = shutil.which("node")
    need(node, "node")
    if not (FOLDER / "node_modules" / "@cloud-copilot" / "iam-simulate").exists():
        need(shutil.which("npm"), "npm")
        subprocess.run(["npm", "ci", "--no-audit", "--no-fund"], cwd=FOLDER, check=True)
    return str(node)


def judge(cases: list[Case]) -> list[str]:
    """Allowed, ImplicitlyDenied or ExplicitlyDenied, or what was wrong with the case."""
    request = json.dumps([_described(case) for case in cases])
    done = subprocess.run(
        [_simulator(), "simulate.mjs"],
        cwd=FOLDER,
        input=request,
        capture_output=True,
        text=True,
        check=True,
    )
    verdicts: list[str] = json.loads(done.stdout)
    return verdicts


def _described(case: Case) -> dict[str, Any]:
    return {
        "principal": TEMPLATE.attribute(case.role, "Arn"),
        "policies": TEMPLATE.policies[case.role],
        "resourcePolicy": _resource_policy(case.resource),
        "action": case.action,
        "resource": case.resource,
        "account": ACCOUNT,
        "context": case.context,
    }


def _resource_policy(resource: str) -> dict[str, Any] | None:
    """The resource's own policy, where the template gives it one."""
    if resource == FILES:
        policy = TEMPLATE.resource("FileSystem")["FileSystemPolicy"]
        statements = [{**each, "Resource": FILES} for each in policy["Statement"]]
        return {**policy, "Statement": statements}
    if resource == BUCKET or resource.startswith(f"{BUCKET}/"):
        found: dict[str, Any] = TEMPLATE.resource("AnalyticsBucketPolicy")["PolicyDocument"]
        return found
    return None


@pytest.fixture(scope="module")
def verdicts() -> dict[str, str]:
    cases = [*ALLOWED, *DENIED]
    return dict(zip(map(repr, cases), judge(cases), strict=True))


def _name(case: Case) -> str:
    return f"{case.role}-{case.action}"


@pytest.mark.parametrize("case", ALLOWED, ids=_name)
def test_a_role_may_do_what_it_is_for(case: Case, verdicts: dict[str, str]) -> None:
    assert verdicts[repr(case)] == "Allowed"


@pytest.mark.parametrize("case", DENIED, ids=_name)
def test_a_role_may_do_nothing_else(case: Case, verdicts: dict[str, str]) -> None:
    assert verdicts[repr(case)] in ("ImplicitlyDenied", "ExplicitlyDenied")


def test_the_simulator_knows_nonsense() -> None:
    [action, key] = judge(
        [
            Case(API, "scheduler:MoveSchedule", f"{SCHEDULES}/default/any"),
            Case(API, "iam:PassRole", SCHEDULER_ROLE, {"s3:prefix": "any"}),
        ]
    )
    assert action.startswith("error")
    assert key.startswith("error")


def test_the_endpoint_lets_nothing_else_through() -> None:
    """The scheduler's endpoint has a policy of its own, as narrow as the role."""
    [statement] = TEMPLATE.resource("SchedulerEndpoint")["PolicyDocument"]["Statement"]
    [moves] = [
        each
        for policy in TEMPLATE.policies[API]
        for each in policy["Statement"]
        if each["Sid"] == "MoveTheSchedule"
    ]
    assert statement["Action"] == moves["Action"]
    assert statement["Resource"] == moves["Resource"]
