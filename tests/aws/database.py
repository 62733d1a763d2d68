"""Where the catalogue lies in Aurora: who reaches the database, and what keeps it."""

from collections.abc import Iterator
from typing import Any

from cocktailspace.setting_types import database_url
from tests.aws.network import is_public, lets_in, lets_out
from tests.aws.resolve import ACCOUNT, REGION, ResolvedTemplate

Complaints = Iterator[str]

PORT = 5432
FUNCTIONS = ("CocktailLambda", "AnalyticsReconcileFunction", "ImportFunction")
AS_IT_MUST_BE = {
    "MasterUserAuthenticationType": "iam-db-auth",
    "EnableIAMDatabaseAuthentication": True,
    "EngineLifecycleSupport": "open-source-rds-extended-support-disabled",
    "StorageEncrypted": True,
    "DeletionProtection": True,
    "BackupRetentionPeriod": 35,
}
NEVER = {"MasterUserPassword", "ManageMasterUserPassword", "EnableHttpEndpoint"}
"""A password, and a way in past the network."""


def arn_of_user(template: ResolvedTemplate, user: str) -> str:
    """What a role must be allowed to sign in as a user of the database."""
    cluster = template.attribute("Database", "DBClusterResourceId")
    return f"arn:aws:rds-db:{REGION}:{ACCOUNT}:dbuser:{cluster}/{user}"


def database(template: ResolvedTemplate) -> Complaints:
    """Nobody has a password, reaches it from elsewhere or without TLS, or deletes it by mistake."""
    if "Database" not in template.resources:
        return
    made = template.resources["Database"]
    found = made["Properties"]
    for name, wanted in AS_IT_MUST_BE.items():
        if found.get(name) != wanted:
            yield f"{name} of the database is {found.get(name)}, not {wanted}"
    if never := NEVER & found.keys():
        yield f"the database has {sorted(never)}"
    for policy in ("DeletionPolicy", "UpdateReplacePolicy"):
        if made.get(policy) != "Snapshot":
            yield f"nothing is left of a database that is gone ({policy})"
    if template.resource("DatabaseParameters")["Parameters"] != {"rds.force_ssl": "1"}:
        yield "the database takes connections without TLS"
    yield from _network_complaints(template)
    yield from _url_complaints(template)
    yield from _job_complaints(template)


def _network_complaints(template: ResolvedTemplate) -> Complaints:
    for instance in template.of_type("AWS::RDS::DBInstance").values():
        if instance.get("PubliclyAccessible") is not False:
            yield "the database has a public address"
    for subnet in template.resource("DatabaseSubnets")["SubnetIds"]:
        if is_public(template, subnet):
            yield f"the database lies in a public subnet, {subnet}"
    groups = template.resource("Database")["VpcSecurityGroupIds"]
    users = [template.ref(f"{each}SecurityGroup") for each in ("Lambda", "Batch")]
    if not lets_in(template, groups, users, PORT):
        yield "the database does not let functions and job in"
    for group in users:
        if not lets_out(template, group, PORT):
            yield f"{group} does not reach the database"
    for rule in template.resource("DatabaseSecurityGroup")["SecurityGroupIngress"]:
        if rule.get("SourceSecurityGroupId") not in users:
            yield "others than functions and job reach the database"


def urls(template: ResolvedTemplate) -> dict[str, tuple[str, str]]:
    """Who is given which URL of the database, and the user that is right for them."""
    command = template.resource("DatabaseJobDefinition")["ContainerProperties"]["Command"]
    found = {
        "the users' job": (command[-1], "postgres"),
        "copying": (template.outputs["DatabaseUrl"], "cocktailspace"),
    }
    if url := template.job.environment.get("DATABASE_URL"):
        found["the job"] = (url, "cocktailspace_job")
    for name in FUNCTIONS:
        if url := template.functions[name].environment.get("DATABASE_URL"):
            found[name] = (url, "cocktailspace")
    return found


def _url_complaints(template: ResolvedTemplate) -> Complaints:
    for name, (text, user) in urls(template).items():
        try:
            url = database_url(text)
        except ValueError as error:
            yield f"{name}: {error}"
            continue
        if "iam" not in url.query or url.username != user:
            yield f"{name} signs in as {url.username}, not with tokens as {user}"
        if url.host != template.attribute("Database", "Endpoint.Address"):
            yield f"{name} goes to another database"
        package = "/var/task" if name in FUNCTIONS else "/opt"
        if url.query.get("sslrootcert") != f"{package}/certificates/rds.pem":
            yield f"{name} looks elsewhere for Amazon's certificates"


def _job_complaints(template: ResolvedTemplate) -> Complaints:
    """The job that is submitted by hand is the analytics job's container with rights of its own."""
    mine = template.resource("DatabaseJobDefinition")["ContainerProperties"]
    theirs = template.resource("AnalyticsJobDefinition")["ContainerProperties"]
    own = {"Command", "JobRoleArn", "Environment", "MountPoints"}
    if _without(mine, own) != _without(theirs, own):
        yield "the database's job has another container"
    if mine["JobRoleArn"] != template.attribute("DatabaseJobRole", "Arn"):
        yield "the database's job has another role"


def _without(properties: dict[str, Any], names: set[str]) -> dict[str, Any]:
    return {name: value for name, value in properties.items() if name not in names}
