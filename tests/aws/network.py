"""Whether everything finds what it needs in a network without a NAT gateway."""

from collections.abc import Iterator
from typing import Any

from tests.aws.resolve import ResolvedTemplate

Complaints = Iterator[str]

ECS_ENDPOINTS = {"ecs", "ecs-agent", "ecs-telemetry", "ecr.api", "ecr.dkr", "logs", "sts"}
"""What instances without a way to the internet need, besides S3."""


def network(template: ResolvedTemplate) -> Complaints:
    """Everything is reached without a NAT gateway."""
    if template.of_type("AWS::EC2::NatGateway"):
        yield "there is a NAT gateway"
    for name, function in template.of_type("AWS::Lambda::Function").items():
        if vpc := function.get("VpcConfig"):
            yield from _function_network(template, name, vpc)
    resources = template.resource("AnalyticsComputeEnvironment")["ComputeResources"]
    for subnet in resources["Subnets"]:
        if not is_public(template, subnet):
            missing = ECS_ENDPOINTS - _interface_endpoints(template).keys()
            if missing:
                yield f"instances in {subnet} can reach neither the internet nor {sorted(missing)}"
    for group in resources["SecurityGroupIds"]:
        if _by_ref(template, group).get("SecurityGroupIngress"):
            yield f"{group} lets something in"
        for port in (443, 2049):
            if not lets_out(template, group, port):
                yield f"{group} does not let {port} out"


def _function_network(template: ResolvedTemplate, name: str, vpc: dict[str, Any]) -> Complaints:
    endpoint = _interface_endpoints(template).get("scheduler")
    if endpoint is None or not endpoint["PrivateDnsEnabled"]:
        yield f"{name} cannot reach the scheduler: every edit would wait for a time-out"
    elif not lets_in(template, endpoint["SecurityGroupIds"], vpc["SecurityGroupIds"], 443):
        yield f"the scheduler's endpoint does not let {name} in"
    for subnet in vpc["SubnetIds"]:
        if _route_table(template, subnet) not in _gateway_tables(template):
            yield f"{name} cannot reach S3 from {subnet}"
    for group in vpc["SecurityGroupIds"]:
        for port in (443, 2049):
            if not lets_out(template, group, port):
                yield f"{group} does not let {port} out"


def _by_ref(template: ResolvedTemplate, reference: str) -> dict[str, Any]:
    return next(
        template.resource(name) for name in template.resources if template.ref(name) == reference
    )


def _interface_endpoints(template: ResolvedTemplate) -> dict[str, dict[str, Any]]:
    return {
        each["ServiceName"].split(".", 3)[3]: each
        for each in template.of_type("AWS::EC2::VPCEndpoint").values()
        if each["VpcEndpointType"] == "Interface"
    }


def _gateway_tables(template: ResolvedTemplate) -> set[str]:
    return {
        table
        for each in template.of_type("AWS::EC2::VPCEndpoint").values()
        if each["VpcEndpointType"] == "Gateway" and each["ServiceName"].endswith(".s3")
        for table in each["RouteTableIds"]
    }


def _route_table(template: ResolvedTemplate, subnet: str) -> str | None:
    found = template.of_type("AWS::EC2::SubnetRouteTableAssociation").values()
    return next((each["RouteTableId"] for each in found if each["SubnetId"] == subnet), None)


def is_public(template: ResolvedTemplate, subnet: str) -> bool:
    table = _route_table(template, subnet)
    routed = any(
        route["RouteTableId"] == table
        and route["DestinationCidrBlock"] == "0.0.0.0/0"
        and "GatewayId" in route
        for route in template.of_type("AWS::EC2::Route").values()
    )
    return routed and bool(_by_ref(template, subnet).get("MapPublicIpOnLaunch"))


def lets_out(template: ResolvedTemplate, group: str, port: int) -> bool:
    rules = _by_ref(template, group).get("SecurityGroupEgress")
    return rules is None or any(rule["FromPort"] <= port <= rule["ToPort"] for rule in rules)


def lets_in(template: ResolvedTemplate, to: list[str], sources: list[str], port: int) -> bool:
    """Whether the groups `to` take connections from every group of `sources`."""
    open_to = {
        rule.get("SourceSecurityGroupId")
        for group in to
        for rule in _by_ref(template, group).get("SecurityGroupIngress", [])
        if rule["FromPort"] <= port <= rule["ToPort"]
    }
    return set(sources) <= open_to
