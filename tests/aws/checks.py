"""What must hold of the template and what no linter knows. Each check returns its complaints."""

import ast
import itertools
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Literal

from cocktailspace.analytics import batch_node
from cocktailspace.api.cloudfront import SECRET_HEADER
from cocktailspace.api.deferred import PATIENCE, REQUESTS, UPLOADS
from cocktailspace.importing.readers.bounds import BOUNDS
from cocktailspace.refresh import trigger
from cocktailspace.settings import Settings
from tests.aws.database import arn_of_user, database
from tests.aws.network import lets_in, network
from tests.aws.resolve import ResolvedTemplate
from tests.aws.updates import held

FOR_A_DAY = {"exports/", "imports/"}
"""What the bucket keeps of people's own, and forgets."""
Rule = dict[str, str]
Complaints = Iterator[str]

PROCESSORS = {"medium": 1, "large": 2, "xlarge": 4, "2xlarge": 8, "4xlarge": 16, "8xlarge": 32}
GIB_A_PROCESSOR = {"c7g": 2, "m7g": 4, "r7g": 8}
"""Graviton's instances, by size and family."""
USABLE = 0.9
"""Of an instance's memory; the kernel and the ECS agent take the rest (about 5 % of 4 GiB)."""
OPEN_ACTIONS = re.compile(
    r"ec2:(Create|Delete|Describe)NetworkInterfaces?|ec2:DescribeSubnets"
    r"|ec2:(Una|A)ssignPrivateIpAddresses"
)
"""All that Lambda needs to attach a function to a VPC; these know no narrower resource."""

LEFT_AT_DEFAULT = {
    "DB_PATH": "of a catalogue on EFS alone",
    "DATABASE_URL": "of a catalogue in Aurora alone",
    "DATABASE_CONNECTIONS": "of DATABASE_URL alone",
    "ANALYTICS_PATH": "ANALYTICS_BUCKET is set",
    "BATCH_JOB_QUEUE": "the trigger submits",
    "BATCH_JOB_DEFINITION": "the trigger submits",
    "ANALYTICS_MAX_WAIT_MINUTES": "four times the debounce",
    "HOST": "the gateway listens",
    "PORT": "the gateway listens",
    "TOKENS_PATH": "the user pool makes tokens",
    "OIDC_ISSUER": "the gateway verifies tokens; there is no way out of the VPC to the issuer",
    "OIDC_AUDIENCE": "goes with OIDC_ISSUER",
    "OIDC_CLIENT_ID": "the bucket's site.json says it",
    "OIDC_SCOPES": "the bucket's site.json says them",
    "MCP_HOSTS": "the gateway has no route to /mcp",
    "MCP_TOKEN": "`cocktailspace mcp` runs on its user's machine",
    "MAX_COLLECTIONS": "good for Lambda, too",
    "STARTER_CATALOGUE": "a new stack's catalogue is empty",
    "OIDC_EDITOR_GROUP": "the group is called so",
    "OIDC_ADMIN_GROUP": "the group is called so",
    "MAX_BODY_BYTES": "good for Lambda, too",
    "MAX_REQUEST_SECONDS": "the gateway hands over whole requests",
    "MAX_CONNECTIONS": "the gateway holds them",
    "SHUTDOWN_SECONDS": "there is no server to end",
    "FORWARDED_ALLOW_IPS": "the event says where a request comes from",
    "ANALYTICS_CLUSTER": "the job's nodes know the one of their own",
    "ANALYTICS_CLUSTER_CERTIFICATE": "goes with ANALYTICS_CLUSTER",
    "ANALYTICS_CLUSTER_KEY": "goes with ANALYTICS_CLUSTER",
    "ANALYTICS_CLUSTER_CA": "goes with ANALYTICS_CLUSTER",
    "ANALYTICS_WITHOUT_CLUSTER": "a job that has lost its other nodes goes on alone",
    "ANALYTICS_JOB_MINUTES": "Batch ends what takes too long",
    "MAX_WRITES_PER_MINUTE": "the gateway throttles",
    "MAX_INGREDIENTS_PER_RECIPE": "a rule of the catalogue",
    "MAX_ROWS_PER_BULK": "a rule of the catalogue",
    "MIGRATE_AT_START": "a cold start upgrades, under the database's own lock",
    "ANALYTICS_OVERDUE_MINUTES": "an alarm watches the reconcile's metric instead",
    "LOG_FORMAT": "CloudWatch takes lines",
    "LOG_LEVEL": "the handlers set theirs",
}
"""Settings that the API's functions are not given, and why."""
ASKED_BY_NOBODY = {"CORS_ORIGINS", "OIDC_GROUPS_CLAIM", "ORIGIN_SECRET"}
"""Settings of an API that clients reach, which the function for imports is not."""
SDK_READS = {"AWS_DEFAULT_REGION"}
"""What boto3 reads, and nobody sets in a container on EC2."""


def retry_decision(
    rules: Iterable[Rule], *, exit_code: int | None, reason: str = "", status_reason: str = ""
) -> Literal["RETRY", "EXIT"]:
    """What Batch does after an attempt: the first rule of which all patterns match decides."""
    facts = {
        "OnExitCode": "" if exit_code is None else str(exit_code),
        "OnReason": reason,
        "OnStatusReason": status_reason,
    }
    for rule in rules:
        patterns = {name: pattern for name, pattern in rule.items() if name != "Action"}
        if all(_matches(pattern, facts[name]) for name, pattern in patterns.items()):
            return "RETRY" if rule["Action"].upper() == "RETRY" else "EXIT"
    return "RETRY"


def _matches(pattern: str, text: str) -> bool:
    if pattern.endswith("*"):
        return text.startswith(pattern[:-1])
    return text == pattern


def retries(template: ResolvedTemplate) -> Complaints:
    """Batch takes the rules, and they retry what may succeed later and nothing else."""
    strategy = template.resource("AnalyticsJobDefinition")["RetryStrategy"]
    rules = strategy["EvaluateOnExit"]
    if strategy["Attempts"] != 3:
        yield "the job has not three attempts"
    if len(rules) > 5:
        yield "Batch takes five rules at most"
    for rule in rules:
        yield from _rule_complaints(rule)
    if rules[-1] != {"OnReason": "*", "Action": "EXIT"}:
        yield "the last rule does not end what nothing else matched"
    ended = "Essential container in task exited"
    cases = [
        ("RETRY", 143, "", "Host EC2 (instance i-0123456789abcdef0) terminated."),
        ("RETRY", None, "", "Host EC2 (instance i-0123456789abcdef0) terminated."),
        ("RETRY", 143, "", ended),
        ("RETRY", 75, "", ended),
        ("EXIT", 1, "", ended),
        ("EXIT", 137, "OutOfMemoryError: Container killed due to memory usage", ended),
        ("EXIT", None, "CannotPullContainerError: not found", "Task failed to start"),
    ]
    for wanted, code, reason, status in cases:
        if retry_decision(rules, exit_code=code, reason=reason, status_reason=status) != wanted:
            yield f"exit code {code}, {reason!r}, {status!r}: should {wanted}"


def _rule_complaints(rule: Rule) -> Complaints:
    allowed = {
        "OnReason": r"[A-Za-z0-9.:\s]*\*?",
        "OnStatusReason": r"[A-Za-z0-9.:\s]*\*?",
        "OnExitCode": r"[0-9]*\*?",
    }
    if rule.get("Action") not in ("RETRY", "EXIT") or len(rule) < 2:
        yield f"{rule} has no condition or no action"
    for name, pattern in rule.items():
        if name != "Action" and not re.fullmatch(allowed[name], pattern):
            yield f"Batch refuses {name}: {pattern!r}"


def job_fits(template: ResolvedTemplate) -> Complaints:
    """The job fits every instance type that it may be given, and the types are Graviton's."""
    environment = template.resource("AnalyticsComputeEnvironment")["ComputeResources"]
    if environment["Type"] != "SPOT" or environment["MinvCpus"] != 0:
        yield "instances are not Spot, or some run while nothing does"
    job = template.job
    if job.memory_mib < 2048:
        yield "the job has less than 2,048 MiB"
    for name in environment["InstanceTypes"]:
        family, _, size = name.partition(".")
        if family not in GIB_A_PROCESSOR or size not in PROCESSORS:
            yield f"{name} is not one of {sorted(PROCESSORS)} of {sorted(GIB_A_PROCESSOR)}"
            continue
        vcpus = PROCESSORS[size]
        gib = vcpus * GIB_A_PROCESSOR[family]
        if job.vcpus > vcpus or job.memory_mib > USABLE * gib * 1024:
            yield f"the job ({job.vcpus} vCPU, {job.memory_mib} MiB) does not fit a {name}"


def cluster(template: ResolvedTemplate) -> Complaints:
    """Where the job has several nodes it is the same job, and its nodes reach each other alone."""
    if "ClusterJobDefinition" not in template.resources:
        return
    yield from _node_complaints(template)
    instances = template.resource("ClusterComputeEnvironment")["ComputeResources"]
    if instances["Type"] != "EC2" or instances["MinvCpus"] != 0:
        yield "Batch has no nodes on Spot, and none while nothing runs"
    group, ingress = template.ref("ClusterSecurityGroup"), template.resource("ClusterIngress")
    ports = (batch_node.SCHEDULER_PORT, batch_node.WORKER_PORT)
    open_ports = (ingress["FromPort"], ingress["ToPort"])
    if open_ports != ports or group not in instances["SecurityGroupIds"]:
        yield f"its nodes do not reach each other at {ports}"
    if ingress.get("SourceSecurityGroupId") != group or "CidrIp" in ingress:
        yield "others than its nodes reach them"
    if template.resource("ClusterSecurityGroup").get("SecurityGroupIngress"):
        yield "its group lets something else in"
    submitted = template.functions["AnalyticsTriggerFunction"].environment
    for kind in ("Queue", "Definition"):
        if submitted[f"BATCH_JOB_{kind.upper()}"] != template.ref(f"ClusterJob{kind}"):
            yield f"the trigger does not submit to its {kind.lower()}"


def _node_complaints(template: ResolvedTemplate) -> Complaints:
    alone = template.resource("AnalyticsJobDefinition")
    several = template.resource("ClusterJobDefinition")
    container = dict(several["NodeProperties"]["NodeRangeProperties"][0]["Container"])
    if container.pop("Command") != ["python", "-m", batch_node.__name__]:
        yield "its nodes do not begin as nodes"
    secrets = [{"Name": "CLUSTER_PEM", "ValueFrom": template.ref("ClusterCertificate")}]
    if container.pop("Secrets") != secrets:
        yield "its nodes do not know each other"
    if container.pop("ExecutionRoleArn") != template.attribute("ClusterExecutionRole", "Arn"):
        yield "nobody hands them what they know each other by"
    if container != alone["ContainerProperties"]:
        yield "it is another job"
    for name in ("Timeout", "RetryStrategy"):
        if several[name] != alone[name]:
            yield f"it has another {name}"


def file_system(template: ResolvedTemplate) -> Complaints:
    """The job sees the catalogue read-only, signed for and encrypted; mounts come first.

    It writes to a temporary folder alone.
    """
    job = template.job
    if job.writable_mounts or job.read_only_mounts != ("/mnt/efs",):
        yield "the job can write to the catalogue, or does not see it"
    container = template.resource("AnalyticsJobDefinition")["ContainerProperties"]
    if container.get("ReadonlyRootFilesystem") is not True:
        yield "the job can write to its image"
    folders = container["LinuxParameters"].get("Tmpfs", [])
    if [each["ContainerPath"] for each in folders if each["Size"] >= 256] != ["/tmp"]:  # noqa: S108
        yield "the job has no temporary folder, or a small one"
    [volume] = [each["EfsVolumeConfiguration"] for each in container["Volumes"]]
    if volume.get("RootDirectory", "/") != "/":
        yield "an access point excludes a root directory"
    if volume.get("TransitEncryption") != "ENABLED":
        yield "IAM authorisation needs encryption in transit"
    if (
        volume.get("AuthorizationConfig", {}).get("Iam") != "ENABLED"
        or "JobRoleArn" not in container
    ):
        yield "the job does not sign in to EFS"
    if "elasticfilesystem:ClientWrite" in _actions(template, "AnalyticsJobRole"):
        yield "the job's role may write to EFS"
    users = ["AnalyticsComputeEnvironment", *_mounting_functions(template)]
    for name in users:
        after = template.resources[name].get("DependsOn", [])
        for target in template.of_type("AWS::EFS::MountTarget"):
            if target not in after:
                yield f"{name} may be made before {target}"
    groups = template.resource("AnalyticsComputeEnvironment")["ComputeResources"][
        "SecurityGroupIds"
    ]
    for target in template.of_type("AWS::EFS::MountTarget").values():
        if not lets_in(template, target["SecurityGroups"], groups, 2049):
            yield "a mount target does not let the job in"


def _mounting_functions(template: ResolvedTemplate) -> list[str]:
    functions = template.of_type("AWS::Lambda::Function")
    return [name for name, each in functions.items() if "FileSystemConfigs" in each]


def _statements(template: ResolvedTemplate, role: str) -> Iterator[dict[str, Any]]:
    for policy in template.policies[role]:
        yield from policy["Statement"]


def _listed(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value


def _actions(template: ResolvedTemplate, role: str) -> set[str]:
    allowed = (each for each in _statements(template, role) if each["Effect"] == "Allow")
    return {action for each in allowed for action in _listed(each.get("Action", []))}


def narrow_role(template: ResolvedTemplate) -> Complaints:
    """The API's role reaches one schedule, one role and the published results; nothing else."""
    stack = template.stack
    prefix = "arn:aws:scheduler:us-east-1:123456789012:schedule/default"
    schedule = f"{prefix}/{stack}-analytics-debounce"
    bucket = template.attribute("AnalyticsBucket", "Arn")
    here = "arn:aws:elasticfilesystem:us-east-1:123456789012"
    file_system_arn = f"{here}:file-system/{template.outputs['FileSystem']}"
    for_a_day = {f"{bucket}/{prefix}*" for prefix in FOR_A_DAY}
    published = {f"{bucket}/analytics/v1/*", f"{bucket}/site.json"}
    exact = {
        "scheduler:CreateSchedule": {schedule},
        "scheduler:UpdateSchedule": {schedule},
        "iam:PassRole": {template.attribute("AnalyticsSchedulerRole", "Arn")},
        "s3:PutObject": for_a_day,
        "elasticfilesystem:ClientMount": {file_system_arn},
        "elasticfilesystem:ClientWrite": {file_system_arn},
    }
    if "Database" in template.resources:
        exact["rds-db:connect"] = {arn_of_user(template, "cocktailspace")}
    logs = {
        template.attribute("CocktailLogGroup", "Arn"),
        template.attribute("ReconcileLogGroup", "Arn"),
        template.attribute("ImportLogGroup", "Arn"),
    }
    exact |= {"logs:CreateLogStream": logs, "logs:PutLogEvents": logs}
    if template.resource("CocktailLambdaRole").get("ManagedPolicyArns"):
        yield "managed policies allow more than is needed"
    for statement in _statements(template, "CocktailLambdaRole"):
        if statement["Effect"] == "Deny":
            continue
        if statement.keys() & {"NotAction", "NotResource"}:
            yield f"{statement} allows whatever it does not name"
            continue
        resources = set(_listed(statement["Resource"]))
        for action in _listed(statement["Action"]):
            wanted = exact.get(action)
            if action == "s3:GetObject":
                wanted = published if resources == published else for_a_day
            if not OPEN_ACTIONS.fullmatch(action) and resources != wanted:
                yield f"{action} on {sorted(resources)} is wider than it must be"
        to_scheduler = {"StringEquals": {"iam:PassedToService": "scheduler.amazonaws.com"}}
        if "iam:PassRole" in statement["Action"] and statement.get("Condition") != to_scheduler:
            yield f"iam:PassRole is not bound to {to_scheduler}"


def names_the_trigger_reads() -> set[str]:
    """Environment names in the trigger's source: what it passes to its one reading function."""
    tree = ast.parse(Path(trigger.__file__).read_text())
    constants = (node.value for node in ast.walk(tree) if isinstance(node, ast.Constant))
    strings = (each for each in constants if isinstance(each, str))
    return {text for text in strings if re.fullmatch(r"[A-Z][A-Z0-9]*(_[A-Z0-9]+)+", text)}


def environment(template: ResolvedTemplate) -> Complaints:
    """What the code reads is set or left out for a reason; what is set is read."""
    settings = {name.upper() for name in Settings.model_fields}
    functions = template.functions
    in_aurora = "DATABASE_URL" in functions["CocktailLambda"].environment
    given = settings - LEFT_AT_DEFAULT.keys() | {"DATABASE_URL" if in_aurora else "DB_PATH"}
    expected = {
        "CocktailLambda": given,
        "AnalyticsReconcileFunction": given,
        "AnalyticsTriggerFunction": names_the_trigger_reads(),
        "ImportFunction": given - ASKED_BY_NOBODY,
    }
    found = {name: set(functions[name].environment) for name in expected}
    handed_on = Settings(analytics_bucket="any").environment()
    expected["the job"] = handed_on.keys() & given | SDK_READS
    found["the job"] = set(template.job.environment)
    for name, wanted in expected.items():
        if missing := wanted - found[name]:
            yield f"{name} is not given {sorted(missing)}"
        if idle := found[name] - wanted:
            yield f"{name} is given {sorted(idle)}, which nothing reads or LEFT_AT_DEFAULT lists"
    if unknown := LEFT_AT_DEFAULT.keys() - settings:
        yield f"{sorted(unknown)} are no settings"
    api, reconcile = functions["CocktailLambda"], functions["AnalyticsReconcileFunction"]
    if api.environment != reconcile.environment:
        yield "the API and the reconcile are given different environments"
    imports = functions["ImportFunction"].environment
    for name in imports.keys() - {"MAX_IMPORT_BYTES"}:
        if imports[name] != api.environment.get(name):
            yield f"imports are given another {name} than the API"
    if imports.get("MAX_IMPORT_BYTES") != str(BOUNDS.file_bytes):
        yield "a file that may be uploaded may not be read"


def bucket(template: ResolvedTemplate) -> Complaints:
    """The bucket is private and encrypted, and nothing current expires."""
    found = template.resource("AnalyticsBucket")
    if set(found.get("PublicAccessBlockConfiguration", {}).values()) != {True}:
        yield "the bucket could be made public"
    if not found.get("BucketEncryption"):
        yield "the bucket is not encrypted"
    harmless = {"Id", "Status", "AbortIncompleteMultipartUpload", "NoncurrentVersionExpiration"}
    for_a_day = set()
    for rule in found["LifecycleConfiguration"]["Rules"]:
        if rule.get("Prefix") in FOR_A_DAY and rule.get("ExpirationInDays") == 1:
            for_a_day.add(rule["Prefix"])
        elif extra := rule.keys() - harmless:
            yield f"the lifecycle rule {rule['Id']} has {sorted(extra)}"
    for prefix in FOR_A_DAY - for_a_day:
        yield f"{prefix} is kept for ever"
    methods = [
        method
        for rule in found["CorsConfiguration"]["CorsRules"]
        for method in rule["AllowedMethods"]
    ]
    if methods != ["GET", "POST"]:  # what a link or a form was signed for
        yield "other origins may do more than a link or a form is for"


def imports(template: ResolvedTemplate) -> Complaints:
    """What the API defers wakes the function for it, and nothing else in the bucket does."""
    if not template.resource("AnalyticsBucket").get("NotificationConfiguration"):
        yield "the bucket tells nobody of what is put there"
    rule = template.resource("ImportRule")
    pattern = rule["EventPattern"]
    if pattern["detail"]["bucket"] != {"name": [template.ref("AnalyticsBucket")]}:
        yield "objects of other buckets wake it"
    watched = [each["prefix"] for each in pattern["detail"]["object"]["key"]]
    if watched != [REQUESTS, UPLOADS]:
        yield f"it is woken by {watched}, not by {[REQUESTS, UPLOADS]}"
    function = template.attribute("ImportFunction", "Arn")
    if [each["Arn"] for each in rule["Targets"]] != [function]:
        yield "the rule wakes something else"
    permission = template.resource("ImportPermission")
    if permission["SourceArn"] != template.attribute("ImportRule", "Arn"):
        yield "any rule may invoke it"
    limits = template.resource("ImportFunction")
    [invoked] = [
        each
        for each in template.of_type("AWS::Lambda::EventInvokeConfig").values()
        if each["FunctionName"] == limits["FunctionName"]
    ]
    if limits["Timeout"] + BOUNDS.seconds > PATIENCE.total_seconds():
        yield "it may answer when nobody waits any more"
    if invoked["MaximumEventAgeInSeconds"] > PATIENCE.total_seconds():
        yield "it may begin when nobody waits any more"


def schedule(template: ResolvedTemplate) -> Complaints:
    """One schedule, made at run time under a role that invokes one function."""
    name = f"{template.stack}-analytics-debounce"
    api = template.functions["CocktailLambda"].environment
    minutes = {"dev": "5", "prod": "15"}[template.stage]
    wanted = {
        "ANALYTICS_SCHEDULE_NAME": name,
        "ANALYTICS_DEBOUNCE_MINUTES": minutes,
        "ANALYTICS_TRIGGER_FUNCTION": template.attribute("AnalyticsTriggerFunction", "Arn"),
        "ANALYTICS_SCHEDULER_ROLE_ARN": template.attribute("AnalyticsSchedulerRole", "Arn"),
        "ANALYTICS_SCHEDULER_DLQ_ARN": template.attribute("AnalyticsDeadLetterQueue", "Arn"),
    }
    for variable, value in wanted.items():
        if api.get(variable) != value:
            yield f"{variable} is {api.get(variable)}, not {value}"
    trust = template.resource("AnalyticsSchedulerRole")["AssumeRolePolicyDocument"]["Statement"][0]
    source = trust["Condition"]["StringEquals"]["aws:SourceArn"]
    if not source.endswith(":schedule-group/default"):
        yield "a role bound to anything but a schedule's group cannot be used for a new schedule"
    trigger_name = template.functions["AnalyticsTriggerFunction"].name
    [invoked] = [
        each
        for each in template.of_type("AWS::Lambda::EventInvokeConfig").values()
        if each["FunctionName"] == trigger_name
    ]
    failures = template.attribute("AnalyticsTriggerFailures", "Arn")
    if invoked["DestinationConfig"]["OnFailure"]["Destination"] != failures:
        yield "a trigger that fails leaves no trace: the scheduler's queue never sees its errors"


def logs(template: ResolvedTemplate) -> Complaints:
    """Everything is logged where it is looked for, and not kept for ever."""
    groups = {
        each["LogGroupName"]: each for each in template.of_type("AWS::Logs::LogGroup").values()
    }
    wanted = {f"/aws/lambda/{each.name}" for each in template.functions.values()}
    options = template.resource("AnalyticsJobDefinition")["ContainerProperties"]["LogConfiguration"]
    wanted.add(options["Options"]["awslogs-group"])
    wanted.add(f"/aws/vendedlogs/{template.stack}-access")
    if wanted != groups.keys() or "/aws/batch/job" not in wanted:
        yield f"log groups are {sorted(groups)}, not {sorted(wanted)}"
    for name, group in groups.items():
        if "RetentionInDays" not in group:
            yield f"{name} is kept for ever"


def _watched(alarm: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Namespace, metric and dimension of each metric that an alarm looks at."""
    queries = alarm.get("Metrics", [])
    metrics = [each["MetricStat"]["Metric"] for each in queries if "MetricStat" in each]
    for metric in metrics or [alarm]:
        [dimension] = metric["Dimensions"]
        yield metric["Namespace"], metric["MetricName"], dimension["Value"]


def _to_be_watched(template: ResolvedTemplate) -> Iterator[tuple[str, str, str]]:
    """Each way to fail that a metric of AWS shows."""
    functions = template.of_type("AWS::Lambda::Function")
    for function, metric in itertools.product(functions, ("Errors", "Throttles", "Duration")):
        yield "AWS/Lambda", metric, template.ref(function)
    for rule in template.of_type("AWS::Events::Rule"):
        if rule.startswith("AnalyticsJob"):
            yield "AWS/Events", "Invocations", template.ref(rule)
            yield "AWS/Events", "FailedInvocations", template.ref(rule)
    for metric in ("4xx", "5xx"):
        yield "AWS/ApiGateway", metric, template.ref("HttpApi")
    for queue in template.of_type("AWS::SQS::Queue"):
        name = template.attribute(queue, "QueueName")
        yield "AWS/SQS", "ApproximateNumberOfMessagesVisible", name
    for cluster_id in template.of_type("AWS::RDS::DBCluster"):
        yield "AWS/RDS", "ACUUtilization", template.ref(cluster_id)


def alarms(template: ResolvedTemplate) -> Complaints:
    """Each way to fail has an alarm that somebody hears, and hears the end of."""
    found = template.of_type("AWS::CloudWatch::Alarm")
    watched = {each for alarm in found.values() for each in _watched(alarm)}
    for namespace, metric, of in set(_to_be_watched(template)) - watched:
        yield f"no alarm watches {metric} of {of} ({namespace})"
    topic = [template.ref("AlarmTopic")]
    for name, alarm in found.items():
        if alarm.get("AlarmActions") != topic or alarm.get("OKActions") != topic:
            yield f"{name} tells nobody, or not that it is over"
    yield from _stale_alarm_complaints(template, topic)
    for statement in template.resource("AlarmTopicPolicy")["PolicyDocument"]["Statement"]:
        services = _listed(statement["Principal"]["Service"])
        if "events.amazonaws.com" in services and "Condition" in statement:
            yield "EventBridge cannot send to a topic whose policy sets it a condition"
    limits = template.resource("AnalyticsJobQueue")["JobStateTimeLimitActions"]
    if "RUNNABLE" not in [each["State"] for each in limits]:
        yield "a job may wait for an instance for ever"
    if template.resource("AnalyticsECRRepository").get("EmptyOnDelete") is not True:
        yield "the stack cannot be deleted while the repository holds an image"


def _stale_alarm_complaints(template: ResolvedTemplate, topic: list[str]) -> Complaints:
    stale = template.of_type("AWS::CloudWatch::Alarm").get("AnalyticsStaleAlarm")
    if stale is None:
        yield "nothing watches how old the results are"
        return
    debounce = template.functions["CocktailLambda"].environment["ANALYTICS_DEBOUNCE_MINUTES"]
    longest = 60 * 4 * float(debounce)
    if stale["Threshold"] < longest + 20 * 60:
        yield "the alarm of old results rings while all is well"
    if stale["Period"] * stale["EvaluationPeriods"] > 600:
        yield "the alarm of old results rings late"
    # A new alarm is without data: that state is no change, and so it does not ring at once.
    if stale["TreatMissingData"] != "missing" or stale.get("InsufficientDataActions") != topic:
        yield "the alarm of old results rings at the first deployment, or not for a dead reconcile"


def cloudfront(template: ResolvedTemplate) -> Complaints:
    """CloudFront keeps what never changes, asks the API for the rest, and the API knows it."""
    found = template.resource("Distribution")["DistributionConfig"]
    api = next(each for each in found["Origins"] if each["Id"] == "api")
    sent = {each["HeaderName"].lower(): each["HeaderValue"] for each in api["OriginCustomHeaders"]}
    secret = template.functions["CocktailLambda"].environment.get("ORIGIN_SECRET")
    if (
        secret is None
        or sent.get(SECRET_HEADER) != secret
        or "resolve:secretsmanager" not in secret
    ):
        yield "CloudFront does not send what the API knows it by, or the template has it in clear"
    policies = template.of_type("AWS::CloudFront::CachePolicy")
    for policy in (each["CachePolicyConfig"] for each in policies.values()):
        headers = policy["ParametersInCacheKeyAndForwardedToOrigin"]["HeadersConfig"]
        if "Authorization" not in headers.get("Headers", []):
            yield f"{policy['Name']} gives an editor's answer to others"
    for behaviour in (found["DefaultCacheBehavior"], *found["CacheBehaviors"]):
        path = behaviour.get("PathPattern", "everything else")
        if behaviour["ViewerProtocolPolicy"] != "redirect-to-https":
            yield f"{path} is served without TLS"
        if behaviour["TargetOriginId"] == "api" and "POST" not in behaviour["AllowedMethods"]:
            yield f"nobody can write to {path}"
    lasting = [template.ref("WhatTheApiAllows")]
    if found["DefaultCacheBehavior"]["CachePolicyId"] not in lasting or any(
        policies["WhatTheApiAllows"]["CachePolicyConfig"][ttl] for ttl in ("MinTTL", "DefaultTTL")
    ):
        yield "CloudFront keeps what the API does not say may be kept"
    if policies["FiveSeconds"]["CachePolicyConfig"]["MaxTTL"] > 5:
        yield "the manifest may be older than five seconds"
    [read] = [
        each
        for each in template.resource("AnalyticsBucketPolicy")["PolicyDocument"]["Statement"]
        if each["Effect"] == "Allow"
    ]
    bucket = template.attribute("AnalyticsBucket", "Arn")
    if set(read["Resource"]) != {f"{bucket}/static/*", f"{bucket}/analytics/v1/runs/*"}:
        yield "CloudFront reads more of the bucket than the page and runs"
    if not read["Condition"]["StringEquals"]["aws:SourceArn"].endswith(
        template.ref("Distribution")
    ):
        yield "any distribution may read the bucket"


def unique_names(template: ResolvedTemplate) -> Complaints:
    """No two resources want the same name: the second could not be made."""
    names = Counter(text for each in held(template).values() for text in each.names)
    for text, count in names.items():
        if count > 1:
            yield f"{count} resources want to be {text}"


ALL = (
    unique_names,
    retries,
    cloudfront,
    job_fits,
    cluster,
    network,
    database,
    file_system,
    narrow_role,
    environment,
    bucket,
    imports,
    schedule,
    logs,
    alarms,
)
