"""The distribution of the template as a server on loopback: behaviours, caches, origins.

It does what the template's properties say, as CloudFront's documentation reads them.
"""

import base64
import gzip
import json
import shutil
import subprocess
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import boto3
from botocore.exceptions import ClientError

from cocktailspace.api.lambda_handler import Handler
from tests.aws.authorizer import Authorizer
from tests.aws.resolve import ResolvedTemplate
from tests.aws.world import claims_of, http_event, invoke, verified

OPTIMIZED = "658327ea-f89d-4fab-a63d-7e88639e58f6"
MANAGED = {
    OPTIMIZED: {
        "MinTTL": 1,
        "DefaultTTL": 86_400,
        "MaxTTL": 31_536_000,
        "ParametersInCacheKeyAndForwardedToOrigin": {
            "QueryStringsConfig": {"QueryStringBehavior": "none"},
            "HeadersConfig": {"HeaderBehavior": "none"},
        },
    }
}
"""Cache policies that CloudFront has by itself."""
UNAUTHORIZED = b'{"message": "Unauthorized"}'
VIEWER, CLOUDFRONT = "198.51.100.7", "203.0.113.9"


@dataclass(frozen=True)
class Reply:
    """An answer of an origin, or of the cache."""

    status: int
    headers: dict[str, str]
    body: bytes


@dataclass
class Gateway:
    """The HTTP API: so many requests a second, and it answers 429 to more."""

    handler: Handler
    rate: float
    burst: float
    calls: list[str] = field(default_factory=list)
    refused: int = 0
    authorizer: Authorizer | None = None
    """None: whatever a token says is taken for verified."""
    _left: float = field(init=False)
    _at: float = field(default_factory=time.monotonic)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self._left = self.burst

    def send(self, method: str, target: str, headers: Mapping[str, str], body: bytes) -> Reply:
        """Pass a request on; one instance of a function answers one at a time."""
        with self._lock:
            now = time.monotonic()
            self._left = min(self.burst, self._left + (now - self._at) * self.rate)
            self._at = now
            if self._left < 1:
                self.refused += 1
                return Reply(429, {"content-type": "application/json"}, b'{"message": "slow down"}')
            self._left -= 1
            claims = claims_of(headers.get("Authorization", ""))
            if self.authorizer:
                claims = self.authorizer.claims(headers.get("Authorization", ""))
                guarded = self.authorizer.guards(method, target.partition("?")[0])
                if guarded and claims is None:
                    return Reply(401, {"content-type": "application/json"}, UNAUTHORIZED)
                claims = claims if guarded else None
            self.calls.append(f"{method} {target}")
            document = json.loads(body) if body else None
            event = http_event(method, target, document, None, {})
            event["headers"] |= {name.lower(): text for name, text in headers.items()}
            if claims:
                event["requestContext"]["authorizer"] = verified(claims)
            event["headers"]["x-forwarded-for"] += f", {CLOUDFRONT}"
            event["requestContext"]["http"]["sourceIp"] = CLOUDFRONT
            answer = invoke(self.handler, event)
        text = answer.get("body") or ""
        found = {name.lower(): str(value) for name, value in (answer.get("headers") or {}).items()}
        if answer.get("isBase64Encoded"):
            return Reply(answer["statusCode"], found, base64.b64decode(text))
        return Reply(answer["statusCode"], found, text.encode())


class Edge:
    """One place of CloudFront, its cache empty."""

    def __init__(self, template: ResolvedTemplate, gateway: Gateway) -> None:
        self.gateway = gateway
        self.clock = time.monotonic
        self._config = template.resource("Distribution")["DistributionConfig"]
        self._policies = MANAGED | {
            template.ref(name): each["CachePolicyConfig"]
            for name, each in template.of_type("AWS::CloudFront::CachePolicy").items()
        }
        self._functions = {
            template.attribute(name, "FunctionMetadata.FunctionARN"): each["FunctionCode"]
            for name, each in template.of_type("AWS::CloudFront::Function").items()
        }
        self._bucket = template.ref("AnalyticsBucket")
        self._s3 = boto3.client("s3")
        self._kept: dict[Any, tuple[float, Reply]] = {}

    def answer(
        self, method: str, target: str, headers: Mapping[str, str], body: bytes = b""
    ) -> Reply:
        """What a viewer gets."""
        path, _, query = target.partition("?")
        behaviours = self._config["CacheBehaviors"]
        own = (each for each in behaviours if fnmatchcase(path, each["PathPattern"]))
        behaviour = next(own, self._config["DefaultCacheBehavior"])
        if method not in behaviour["AllowedMethods"]:
            return Reply(403, {}, b"this distribution does not allow the method")
        for each in behaviour.get("FunctionAssociations", ()):
            path = self._rewritten(each["FunctionARN"], path)
        policy = self._policies[behaviour["CachePolicyId"]]
        key = self._key(policy, path, query, headers)
        until, reply = self._kept.get(key, (0.0, None))
        if method not in ("GET", "HEAD") or reply is None or until <= self.clock():
            sent = {**headers, "X-Forwarded-For": VIEWER}
            target = f"{path}?{query}" if query else path
            reply = self._fetch(behaviour["TargetOriginId"], method, target, sent, body)
            if method == "GET" and (seconds := _seconds(policy, reply)) > 0:
                self._kept[key] = (self.clock() + seconds, reply)
        if reply.status == 200 and headers.get("If-None-Match") == reply.headers.get("etag", ""):
            return Reply(304, reply.headers, b"")
        return reply

    def _key(
        self, policy: dict[str, Any], path: str, query: str, headers: Mapping[str, str]
    ) -> tuple[Any, ...]:
        named = policy["ParametersInCacheKeyAndForwardedToOrigin"]
        with_query = named["QueryStringsConfig"]["QueryStringBehavior"] == "all"
        listed = named["HeadersConfig"].get("Headers", [])
        return (
            path,
            query if with_query else "",
            *(headers.get(name) for name in listed),
            "gzip" in headers.get("Accept-Encoding", ""),
        )

    def _fetch(
        self, origin: str, method: str, target: str, headers: Mapping[str, str], body: bytes
    ) -> Reply:
        groups = {each["Id"]: each for each in self._config["OriginGroups"]["Items"]}
        if origin in groups:
            codes = groups[origin]["FailoverCriteria"]["StatusCodes"]["Items"]
            members = [each["OriginId"] for each in groups[origin]["Members"]["Items"]]
            reply = self._fetch(members[0], method, target, headers, body)
            if reply.status in codes:
                return self._fetch(members[1], method, target, headers, body)
            return reply
        [found] = [each for each in self._config["Origins"] if each["Id"] == origin]
        if "S3OriginConfig" in found:
            return self._from_bucket(target.partition("?")[0], headers)
        own = {each["HeaderName"]: each["HeaderValue"] for each in found["OriginCustomHeaders"]}
        return self.gateway.send(method, target, {**headers, **own}, body)

    def _from_bucket(self, path: str, headers: Mapping[str, str]) -> Reply:
        try:
            found = self._s3.get_object(Bucket=self._bucket, Key=path.removeprefix("/"))
        except ClientError:
            return Reply(403, {"content-type": "application/xml"}, b"<Error/>")
        said = {"content-type": found["ContentType"], "etag": found["ETag"]}
        if caching := found.get("CacheControl"):
            said["cache-control"] = caching
        body = found["Body"].read()
        if "gzip" in headers.get("Accept-Encoding", "") and 1_000 <= len(body) <= 10_000_000:
            return Reply(200, said | {"content-encoding": "gzip"}, gzip.compress(body, 5))
        return Reply(200, said, body)

    def _rewritten(self, arn: str, path: str) -> str:
        node = shutil.which("node")
        assert node is not None
        call = "console.log(handler({request: {uri: process.argv[1]}}).uri)"
        script = f"{self._functions[arn]}\n{call}"
        done = subprocess.run(
            [node, "-e", script, path], capture_output=True, text=True, check=True
        )
        return done.stdout.strip()


def _seconds(policy: dict[str, Any], reply: Reply) -> float:
    """How long CloudFront keeps an answer."""
    if reply.status not in (200, 404):
        return 0
    said = reply.headers.get("cache-control", "")
    words = dict(word.strip().partition("=")[::2] for word in said.split(",") if word.strip())
    least, most = float(policy["MinTTL"]), float(policy["MaxTTL"])
    if words.keys() & {"no-cache", "no-store", "private"}:
        return least
    age = words.get("s-maxage", words.get("max-age"))
    wanted = float(policy["DefaultTTL"] if age is None else age)
    return max(least, min(most, wanted))


@contextmanager
def serving(edge: Edge) -> Iterator[str]:
    """The edge at an address on loopback."""

    class Handling(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _answer(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            body = self.rfile.read(length)
            reply = edge.answer(self.command, self.path, dict(self.headers.items()), body)
            self.send_response(reply.status)
            for name, value in reply.headers.items():
                if name not in ("content-length", "transfer-encoding", "connection"):
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(reply.body)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(reply.body)

        do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = _answer  # noqa: N815

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handling)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
