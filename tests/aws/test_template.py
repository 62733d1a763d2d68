"""The template gate: what AWS would refuse, and what would only show in production."""

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest
from cfnlint.api import lint
from fastapi.testclient import TestClient

from cocktailspace.api.app import create_app
from cocktailspace.api.lambda_handler import _metrics
from cocktailspace.bootstrap import Services
from cocktailspace.times import utc_now
from tests.aws import checks
from tests.aws.database import database
from tests.aws.resolve import (
    TEMPLATE,
    Stage,
    resolve,
    resolve_template,
    translated_template,
)
from tests.conftest import ROOT

Resources = dict[str, dict[str, Any]]
STAGES: tuple[Stage, ...] = ("dev", "prod")


def test_the_template_as_written_is_valid() -> None:
    assert lint(TEMPLATE.read_text()) == []


def test_the_template_as_translated_is_valid() -> None:
    """cfn-lint does not look at the actions of policies while the transform stands."""
    assert lint(json.dumps(translated_template())) == []


def test_a_mistyped_action_is_noticed() -> None:
    role = {"Type": "AWS::IAM::Role", "Properties": resolve("dev").resource("CocktailLambdaRole")}
    text = json.dumps({"AWSTemplateFormatVersion": "2010-09-09", "Resources": {"Role": role}})
    assert lint(text) == []
    assert "W3037" in {found.rule.id for found in lint(text.replace("UpdateSch", "UpdateSh"))}


@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize("check", checks.ALL, ids=lambda check: check.__name__)
def test_the_template_passes(check: Callable[..., Any], stage: Stage) -> None:
    assert list(check(resolve(stage))) == []


def _rule(**rule: str) -> Callable[[Resources], None]:
    def change(resources: Resources) -> None:
        strategy = resources["AnalyticsJobDefinition"]["Properties"]["RetryStrategy"]
        strategy["EvaluateOnExit"].insert(0, rule)

    return change


def _set(path: str, value: object) -> Callable[[Resources], None]:
    """Put a value where `Resource.Property.0.Property` says; None takes it out."""

    def change(resources: Resources) -> None:
        logical_id, *keys = path.split(".")
        at: Any = resources[logical_id]
        for key in keys[:-1]:
            at = at[int(key)] if isinstance(at, list) else at[key]
        last: Any = int(keys[-1]) if isinstance(at, list) else keys[-1]
        if value is None:
            del at[last]
        else:
            at[last] = value

    return change


def _without(logical_id: str) -> Callable[[Resources], None]:
    def change(resources: Resources) -> None:
        resources.pop("Dashboard", None)  # it shows every alarm
        del resources[logical_id]

    return change


def _environment(function: str, name: str, value: str | None) -> Callable[[Resources], None]:
    return _set(f"{function}.Properties.Environment.Variables.{name}", value)


JOB = "AnalyticsJobDefinition.Properties"
CONTAINER = f"{JOB}.ContainerProperties"
VOLUME = f"{CONTAINER}.Volumes.0.EfsVolumeConfiguration"
INSTANCES = "AnalyticsComputeEnvironment.Properties.ComputeResources"
API_ROLE = "CocktailLambdaRole.Properties.Policies.0.PolicyDocument.Statement"
EDGE = "Distribution.Properties.DistributionConfig"
CACHED = "WhatTheApiAllows.Properties.CachePolicyConfig"
BRIEF = "FiveSeconds.Properties.CachePolicyConfig"
ANYWHERE = {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "CidrIp": "0.0.0.0/0"}

BAD_SAMPLES: list[tuple[Callable[..., Any], Callable[[Resources], None], str]] = [
    (
        checks.unique_names,
        _set("MeRoute.Properties.RouteKey", "GET /api/v1/catalogue/imports"),
        "GET /api/v1/catalogue/imports",
    ),
    (
        checks.unique_names,
        _set("TriggerLogGroup.Properties.LogGroupName", "/aws/batch/job"),
        "/aws/batch/job",
    ),
    (checks.retries, _rule(OnStatusReason="*Spot*", Action="RETRY"), "refuses"),
    (checks.retries, _rule(OnReason="Cannot-Pull*", Action="RETRY"), "refuses"),
    (checks.retries, _rule(OnExitCode="7?", Action="RETRY"), "refuses"),
    (checks.retries, _rule(OnExitCode="1*", Action="RETRY"), "exit code 1, "),
    (checks.retries, _rule(Action="RETRY"), "no condition"),
    (checks.retries, _set(f"{JOB}.RetryStrategy.EvaluateOnExit.3", None), "last rule"),
    (checks.retries, _set(f"{JOB}.RetryStrategy.EvaluateOnExit.0", None), "Host EC2"),
    (checks.retries, _set(f"{JOB}.RetryStrategy.EvaluateOnExit.2", None), "exit code 75"),
    (checks.retries, _set(f"{JOB}.RetryStrategy.Attempts", 1), "three"),
    (checks.cloudfront, _environment("CocktailLambda", "ORIGIN_SECRET", None), "knows it by"),
    (checks.cloudfront, _environment("CocktailLambda", "ORIGIN_SECRET", "hunter2"), "in clear"),
    (checks.cloudfront, _set(f"{CACHED}.MinTTL", 1), "does not say may be kept"),
    (checks.cloudfront, _set(f"{BRIEF}.MaxTTL", 60), "older than five"),
    (
        checks.cloudfront,
        _set(f"{BRIEF}.ParametersInCacheKeyAndForwardedToOrigin.HeadersConfig.Headers", ["Accept"]),
        "an editor's answer",
    ),
    (checks.cloudfront, _set(f"{EDGE}.CacheBehaviors.3.AllowedMethods", ["GET"]), "nobody can"),
    (
        checks.cloudfront,
        _set(f"{EDGE}.DefaultCacheBehavior.ViewerProtocolPolicy", "allow-all"),
        "without TLS",
    ),
    (
        checks.cloudfront,
        _set("AnalyticsBucketPolicy.Properties.PolicyDocument.Statement.1.Resource", ["*"]),
        "more of the bucket",
    ),
    (checks.job_fits, _set(f"{INSTANCES}.InstanceTypes", ["c7g.medium"]), "c7g.medium"),
    (checks.job_fits, _set(f"{INSTANCES}.InstanceTypes", ["c7i.large"]), "c7i.large"),
    (checks.job_fits, _set(f"{CONTAINER}.ResourceRequirements.1.Value", "4096"), "c7g.large"),
    (checks.job_fits, _set(f"{CONTAINER}.ResourceRequirements.1.Value", "1024"), "2,048"),
    (checks.job_fits, _set(f"{INSTANCES}.MinvCpus", 2), "some run"),
    (checks.network, _without("SchedulerEndpoint"), "time-out"),
    (checks.network, _set("SchedulerEndpoint.Properties.PrivateDnsEnabled", False), "time-out"),
    (
        checks.network,
        _set("SchedulerEndpointSecurityGroup.Properties.SecurityGroupIngress", []),
        "let CocktailLambda in",
    ),
    (checks.network, _without("StorageEndpoint"), "reach S3"),
    (checks.network, _without("PrivateSubnetBRoutes"), "reach S3"),
    (checks.network, _without("PublicRoute"), "ecr.dkr"),
    (checks.network, _set("PublicSubnetA.Properties.MapPublicIpOnLaunch", False), "ecr.dkr"),
    (
        checks.network,
        _set("BatchSecurityGroup.Properties.SecurityGroupIngress", [ANYWHERE]),
        "lets something in",
    ),
    (checks.network, _set("BatchSecurityGroup.Properties.SecurityGroupEgress.1", None), "2049"),
    (checks.file_system, _set(f"{CONTAINER}.MountPoints.0.ReadOnly", False), "can write"),
    (checks.file_system, _set(f"{CONTAINER}.ReadonlyRootFilesystem", False), "write to its image"),
    (checks.file_system, _set(f"{CONTAINER}.LinuxParameters.Tmpfs", []), "no temporary folder"),
    (checks.file_system, _set(f"{VOLUME}.RootDirectory", "/catalogue"), "root directory"),
    (checks.file_system, _set(f"{VOLUME}.TransitEncryption", "DISABLED"), "in transit"),
    (checks.file_system, _set(f"{VOLUME}.AuthorizationConfig.Iam", "DISABLED"), "sign in"),
    (checks.file_system, _set("AnalyticsComputeEnvironment.DependsOn", []), "before MountTargetA"),
    (checks.file_system, _set("CocktailLambda.DependsOn", ["MountTargetA"]), "before MountTargetB"),
    (
        checks.file_system,
        _set("FileSystemSecurityGroup.Properties.SecurityGroupIngress.1", None),
        "let the job in",
    ),
    (checks.narrow_role, _set(f"{API_ROLE}.0.Resource", "*"), "scheduler:UpdateSchedule"),
    (checks.narrow_role, _set(f"{API_ROLE}.0.Action", "scheduler:*"), "scheduler:*"),
    (checks.narrow_role, _set(f"{API_ROLE}.1.Resource", "*"), "iam:PassRole"),
    (checks.narrow_role, _set(f"{API_ROLE}.1.Condition", None), "iam:PassRole is not bound"),
    (checks.narrow_role, _set(f"{API_ROLE}.2.Action", "s3:*"), "s3:*"),
    (checks.narrow_role, _set(f"{API_ROLE}.0.Action", "lambda:InvokeFunction"), "lambda:Invoke"),
    (checks.narrow_role, _set(f"{API_ROLE}.0.NotAction", "s3:*"), "does not name"),
    (checks.environment, _environment("CocktailLambda", "DB_PATH", None), "not given ['DB_PATH']"),
    (checks.environment, _environment("CocktailLambda", "DEBUG", "1"), "given ['DEBUG']"),
    (checks.environment, _environment("CocktailLambda", "PORT", "80"), "given ['PORT']"),
    (
        checks.environment,
        _environment("AnalyticsReconcileFunction", "DB_PATH", "/elsewhere"),
        "different",
    ),
    (
        checks.environment,
        _environment("AnalyticsTriggerFunction", "BATCH_JOB_QUEUE", None),
        "not given ['BATCH_JOB_QUEUE']",
    ),
    (checks.environment, _set(f"{CONTAINER}.Environment.0", None), "the job is not given"),
    (
        checks.bucket,
        _set("AnalyticsBucket.Properties.LifecycleConfiguration.Rules.0.ExpirationInDays", 30),
        "ExpirationInDays",
    ),
    (
        checks.bucket,
        _set("AnalyticsBucket.Properties.PublicAccessBlockConfiguration.BlockPublicAcls", False),
        "public",
    ),
    (
        checks.bucket,
        _set("AnalyticsBucket.Properties.LifecycleConfiguration.Rules.2.ExpirationInDays", None),
        "imports/ is kept",
    ),
    (
        checks.imports,
        _set("ImportRule.Properties.EventPattern.detail.object.key.1", None),
        "it is woken by",
    ),
    (checks.imports, _set("ImportFunction.Properties.Timeout", 1200), "nobody waits"),
    (checks.imports, _set("ImportRule.Properties.EventPattern.detail.bucket.name", ["x"]), "other"),
    (
        checks.imports,
        _set("AnalyticsBucket.Properties.NotificationConfiguration", None),
        "tells nobody",
    ),
    (checks.imports, _set("ImportPermission.Properties.SourceArn", "arn:aws:events"), "any rule"),
    (
        checks.environment,
        _environment("ImportFunction", "MAX_IMPORT_BYTES", "9"),
        "may not be read",
    ),
    (
        checks.environment,
        _environment("ImportFunction", "DB_PATH", "/elsewhere"),
        "another DB_PATH",
    ),
    (
        checks.schedule,
        _environment("CocktailLambda", "ANALYTICS_DEBOUNCE_MINUTES", "1"),
        "DEBOUNCE",
    ),
    (
        checks.schedule,
        _set(
            "AnalyticsSchedulerRole.Properties.AssumeRolePolicyDocument.Statement.0.Condition"
            ".StringEquals.aws:SourceArn",
            "arn:aws:scheduler:us-east-1:123456789012:schedule/default/mine",
        ),
        "group",
    ),
    (checks.logs, _set("TriggerLogGroup.Properties.LogGroupName", "/mine"), "log groups are"),
    (checks.logs, _set("JobLogs.Properties.RetentionInDays", None), "kept for ever"),
    (checks.alarms, _without("AnalyticsStaleAlarm"), "how old the results are"),
    (checks.alarms, _without("AnalyticsUndeliveredAlarm"), "no alarm watches Approximate"),
    (checks.alarms, _without("FunctionsThrottledAlarm"), "no alarm watches Throttles"),
    (checks.alarms, _without("EventsUndeliveredAlarm"), "no alarm watches FailedInvocations"),
    (checks.alarms, _without("ApiFailsAlarm"), "no alarm watches 5xx"),
    (checks.alarms, _set("AnalyticsStaleAlarm.Properties.Threshold", 600), "while all is well"),
    (checks.alarms, _set("AnalyticsStaleAlarm.Properties.Period", 1800), "rings late"),
    (
        checks.alarms,
        _set("AnalyticsStaleAlarm.Properties.TreatMissingData", "breaching"),
        "at the first deployment",
    ),
    (checks.alarms, _set("AnalyticsJobFailedAlarm.Properties.AlarmActions", []), "tells nobody"),
    (checks.alarms, _set("ApiFailsAlarm.Properties.OKActions", []), "not that it is over"),
    (
        checks.alarms,
        _set(
            "AlarmTopicPolicy.Properties.PolicyDocument.Statement.1.Condition",
            {"StringEquals": {"aws:SourceAccount": "123456789012"}},
        ),
        "sets it a condition",
    ),
    (
        checks.alarms,
        _set("AnalyticsECRRepository.Properties.EmptyOnDelete", None),
        "cannot be deleted",
    ),
    (
        checks.alarms,
        _set("AnalyticsJobQueue.Properties.JobStateTimeLimitActions", []),
        "wait for an instance",
    ),
]


@pytest.mark.parametrize(
    ("check", "change", "complaint"),
    BAD_SAMPLES,
    ids=[f"{check.__name__}-{number}" for number, (check, _, _) in enumerate(BAD_SAMPLES)],
)
def test_a_bad_sample_is_noticed(
    check: Callable[..., Any], change: Callable[[Resources], None], complaint: str
) -> None:
    template = copy.deepcopy(translated_template())
    change(template["Resources"])
    complaints = _complaints(check, template)
    assert any(complaint in each for each in complaints), complaints


def _complaints(check: Callable[..., Any], template: dict[str, Any]) -> list[str]:
    """A check may trip over what is missing after it has complained of it."""
    found: list[str] = []
    try:
        for complaint in check(resolve_template(template, "dev")):
            found.append(complaint)  # noqa: PERF402 - keeps what came before the stumble
    except (KeyError, StopIteration):
        if not found:
            raise
    return found


ROUTE = "AWS::ApiGatewayV2::Route"

RELIED_ON = {
    *("CocktailLambda", "HttpApi", "VPC", "FileSystem", "FileSystemAccessPoint"),
    *("MountTargetA", "MountTargetB", "BatchServiceRole", "BatchInstanceRole"),
    *("BatchInstanceProfile", "BatchSecurityGroup", "AnalyticsComputeEnvironment"),
    *("AnalyticsJobQueue", "AnalyticsJobDefinition", "AnalyticsECRRepository"),
    *("AnalyticsTriggerFunction", "AnalyticsSchedulerRole", "AnalyticsReconcileFunction"),
    *("AnalyticsBucket", "UserPool", "EditorGroup", "AdminGroup"),
}


@pytest.mark.parametrize("stage", STAGES)
def test_resources_keep_their_names(stage: Stage) -> None:
    assert resolve(stage).resources.keys() >= RELIED_ON


def test_no_schedule_is_part_of_the_stack() -> None:
    """The API makes the one that debounces: a deployment would set it back."""
    kinds = {each["Type"] for each in resolve("dev").resources.values()}
    assert "AWS::Scheduler::Schedule" not in kinds


def test_a_second_stack_of_an_account_can_share_the_jobs_log_group() -> None:
    assert "JobLogs" not in resolve("prod", JobLogGroup="existing").resources


def test_instances_get_their_newest_image_by_a_new_compute_environment() -> None:
    """Batch replaces one whose tags change, and nothing else does."""
    before, after = resolve("prod").resources, resolve("prod", InstancesAsOf="2026-12-01").resources
    changed = {name for name in before if before[name] != after[name]}
    assert changed == {"AnalyticsComputeEnvironment"}
    environment = after["AnalyticsComputeEnvironment"]["Properties"]
    assert environment.get("ReplaceComputeEnvironment", True) is True
    assert "ComputeEnvironmentName" not in environment, "there would be two of that name"
    assert "ImageIdOverride" not in environment["ComputeResources"]["Ec2Configuration"][0]


TAKEN_OVER = {
    "ExistingFileSystem": "fs-0123456789abcdef0",
    "ExistingUserPool": "us-east-1_Ab1Cd2Ef3",
}


@pytest.mark.parametrize("check", checks.ALL, ids=lambda check: check.__name__)
def test_a_new_stack_takes_over_what_a_deleted_one_left(check: Callable[..., Any]) -> None:
    template = resolve("prod", JobLogGroup="existing", **TAKEN_OVER)
    if check is not checks.logs:  # the job's are there already
        assert list(check(template)) == []
    made = {"FileSystem", "UserPool", "EditorGroup", "AdminGroup", "JobLogs"}
    assert not made & template.resources.keys()
    assert template.outputs["FileSystem"] == TAKEN_OVER["ExistingFileSystem"]
    for user in ("FileSystemAccessPoint", "MountTargetA", "MountTargetB"):
        assert template.resource(user)["FileSystemId"] == TAKEN_OVER["ExistingFileSystem"]
    for named in ("UserPoolClient", "UserPoolDomain"):
        assert template.resource(named)["UserPoolId"] == TAKEN_OVER["ExistingUserPool"]
    issuer = template.resource("Users")["JwtConfiguration"]["Issuer"]
    assert issuer.endswith(f"amazonaws.com/{TAKEN_OVER['ExistingUserPool']}")


def test_what_cannot_be_made_again_outlives_the_stack() -> None:
    resources = resolve("prod").resources
    for name in ("FileSystem", "AnalyticsBucket", "UserPool"):
        assert resources[name]["DeletionPolicy"].startswith("Retain"), name


def test_writing_passes_the_authorizer_and_reading_does_not(services: Services) -> None:
    """Each operation of the API, by the gateway's route that it takes."""
    routes = {each["RouteKey"]: each for each in resolve("dev").of_type(ROUTE).values()}
    with TestClient(create_app(services)) as client:
        operations = client.get("/api/v1/openapi.json").json()["paths"]
    for path, methods in operations.items():
        for method, operation in methods.items():
            asked = f"{method.upper()} {path}"
            route = routes.get(asked) or routes.get(f"{asked.rpartition('/')[0]}/{{proxy+}}")
            route = route or routes[f"{method.upper()} /{{proxy+}}"]
            assert ("AuthorizerId" in route) == ("security" in operation), asked


def test_the_page_signs_in_at_the_pool_and_comes_back_to_the_distribution() -> None:
    template = resolve("dev")
    client, site = template.resource("UserPoolClient"), template.outputs["ApiUrl"]
    assert client["CallbackURLs"] == [f"{site}/signed-in"]
    assert client["LogoutURLs"] == [f"{site}/"]
    assert client["AllowedOAuthFlows"] == ["code"]
    assert "GenerateSecret" not in client  # a page keeps none
    assert client["RefreshTokenRotation"]["Feature"] == "ENABLED"
    assert template.resource("Users")["JwtConfiguration"]["Audience"] == [
        template.ref("UserPoolClient")
    ]


def test_handlers_exist() -> None:
    sources = {"trigger": ROOT / "src" / "cocktailspace" / "refresh" / "trigger.py"}
    for function in resolve("dev").functions.values():
        module, _, name = function.handler.rpartition(".")
        source = sources.get(module, ROOT / "src" / f"{module.replace('.', '/')}.py")
        assert f"\ndef {name}(" in source.read_text() or f"\n{name} = " in source.read_text()


def test_the_alarm_of_old_results_watches_what_the_reconcile_writes() -> None:
    template = resolve("prod")
    alarm = template.resource("AnalyticsStaleAlarm")
    schedule = template.functions["AnalyticsReconcileFunction"].environment[
        "ANALYTICS_SCHEDULE_NAME"
    ]
    found = {"state": "pending", "unpublished_seconds": 9, "failures": 0}
    line = json.loads(_metrics(found, schedule, utc_now()))
    [declared] = line["_aws"]["CloudWatchMetrics"]
    assert declared["Namespace"] == alarm["Namespace"]
    assert alarm["MetricName"] in {each["Name"] for each in declared["Metrics"]}
    [dimension] = alarm["Dimensions"]
    assert [dimension["Name"]] in declared["Dimensions"]
    assert line[dimension["Name"]] == dimension["Value"]


@pytest.mark.parametrize("size", ["small", "medium", "large"])
def test_a_job_on_several_instances_of_any_size_passes(size: str) -> None:
    template = resolve("prod", JobSize=size, ClusterNodes="5")
    assert {check.__name__: list(check(template)) for check in checks.ALL} == {
        check.__name__: [] for check in checks.ALL
    }
    assert template.resource("ClusterJobDefinition")["NodeProperties"]["NumNodes"] == "5"
    assert not any(each.startswith("Cluster") for each in resolve("prod", JobSize=size).resources)


NODES = "ClusterJobDefinition.Properties.NodeProperties.NodeRangeProperties.0.Container"


@pytest.mark.parametrize(
    ("path", "value", "complaint"),
    [
        (f"{NODES}.Command", ["python", "-m", "cocktailspace.analytics"], "do not begin as nodes"),
        (f"{NODES}.Secrets.0.ValueFrom", "in clear", "do not know each other"),
        (f"{NODES}.ReadonlyRootFilesystem", False, "another job"),
        ("ClusterJobDefinition.Properties.RetryStrategy.Attempts", 1, "another RetryStrategy"),
        ("ClusterComputeEnvironment.Properties.ComputeResources.Type", "SPOT", "no nodes on Spot"),
        ("ClusterIngress.Properties.ToPort", 8786, "do not reach each other"),
        ("ClusterIngress.Properties.CidrIp", "0.0.0.0/0", "others than its nodes"),
        ("ClusterSecurityGroup.Properties.SecurityGroupIngress", [ANYWHERE], "something else in"),
    ],
)
def test_a_cluster_that_is_open_or_another_is_noticed(
    path: str, value: object, complaint: str
) -> None:
    template = copy.deepcopy(translated_template())
    _set(path, value)(template["Resources"])
    found = list(checks.cluster(resolve_template(template, "prod", ClusterNodes="2")))
    assert any(complaint in each for each in found), found


@pytest.mark.parametrize("catalogue", ["moving", "aurora"])
@pytest.mark.parametrize("more", [{}, {"ClusterNodes": "5"}, {"DatabaseSnapshot": "arn:any"}])
def test_a_stack_with_a_database_passes(catalogue: str, more: dict[str, str]) -> None:
    template = resolve("prod", Catalogue=catalogue, **more)
    assert {check.__name__: list(check(template)) for check in checks.ALL} == {
        check.__name__: [] for check in checks.ALL
    }
    on_database = {"DATABASE_URL"} <= template.functions["CocktailLambda"].environment.keys()
    assert on_database == (catalogue == "aurora")


def test_a_stack_has_no_database_unless_it_is_asked_for() -> None:
    template = resolve("prod")
    assert not any("::RDS::" in each["Type"] for each in template.resources.values())
    assert "rds" not in json.dumps(template.policies)
    assert "5432" not in json.dumps(template.of_type("AWS::EC2::SecurityGroup"))


def test_a_database_made_of_a_snapshot_has_its_names() -> None:
    found = resolve("prod", Catalogue="aurora", DatabaseSnapshot="arn:any").resource("Database")
    assert found["SnapshotIdentifier"] == "arn:any"
    assert not {"DatabaseName", "MasterUsername"} & found.keys()
    assert "SnapshotIdentifier" not in resolve("prod", Catalogue="aurora").resource("Database")


CLUSTER = "Database.Properties"
ELSEWHERE = "postgresql+psycopg://cocktailspace@elsewhere/any?iam=true&sslmode=verify-full"


@pytest.mark.parametrize(
    ("path", "value", "complaint"),
    [
        (f"{CLUSTER}.MasterUserAuthenticationType", None, "MasterUserAuthenticationType"),
        (f"{CLUSTER}.MasterUserPassword", "hunter2", "MasterUserPassword"),
        (f"{CLUSTER}.EnableHttpEndpoint", True, "EnableHttpEndpoint"),
        (f"{CLUSTER}.DeletionProtection", False, "DeletionProtection"),
        (f"{CLUSTER}.StorageEncrypted", None, "StorageEncrypted"),
        (f"{CLUSTER}.BackupRetentionPeriod", 1, "BackupRetentionPeriod"),
        (f"{CLUSTER}.EngineLifecycleSupport", None, "EngineLifecycleSupport"),
        ("Database.DeletionPolicy", "Delete", "nothing is left"),
        ("Database.UpdateReplacePolicy", None, "nothing is left"),
        ("DatabaseParameters.Properties.Parameters", {}, "without TLS"),
        ("DatabaseInstance.Properties.PubliclyAccessible", True, "a public address"),
        (
            "DatabaseSubnets.Properties.SubnetIds.0",
            {"Ref": "PublicSubnetA"},
            "a public subnet",
        ),
        (
            "DatabaseSecurityGroup.Properties.SecurityGroupIngress.0",
            ANYWHERE,
            "others than functions and job",
        ),
        (
            "DatabaseSecurityGroup.Properties.SecurityGroupIngress.1",
            None,
            "does not let functions and job in",
        ),
        ("BatchSecurityGroup.Properties.SecurityGroupEgress.2", None, "does not reach"),
        (
            "CocktailLambda.Properties.Environment.Variables.DATABASE_URL",
            ELSEWHERE.replace("verify-full", "require"),
            "needs sslmode=verify-full",
        ),
        (
            "CocktailLambda.Properties.Environment.Variables.DATABASE_URL",
            ELSEWHERE.replace("iam=true&", ""),
            "not with tokens",
        ),
        (
            "ImportFunction.Properties.Environment.Variables.DATABASE_URL",
            ELSEWHERE,
            "goes to another database",
        ),
        (
            f"{CONTAINER}.Environment.0",
            {"Name": "DATABASE_URL", "Value": ELSEWHERE},
            "signs in as cocktailspace, not with tokens as cocktailspace_job",
        ),
        (
            "DatabaseJobDefinition.Properties.ContainerProperties.ReadonlyRootFilesystem",
            False,
            "another container",
        ),
    ],
)
def test_an_open_or_frail_database_is_noticed(path: str, value: object, complaint: str) -> None:
    template = copy.deepcopy(translated_template())
    _set(path, value)(template["Resources"])
    found = list(database(resolve_template(template, "prod", Catalogue="aurora")))
    assert any(complaint in each for each in found), found
