"""compose.yaml and the Kubernetes manifest, without an engine: what they name is there, and rolling on loses nothing."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

import ingest
from bot import __main__ as commands
from bot.settings import Settings, read

ROOT = Path(__file__).resolve().parent.parent
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text("utf-8"))
PARTS: list[dict[str, Any]] = list(yaml.safe_load_all((ROOT / "deploy" / "kubernetes.yaml").read_text("utf-8")))
SETTINGS = {name.upper() for name in Settings.model_fields}
PARSERS = {"expo-bot": commands._parser, "expo-ingest": ingest._parser}


def part(kind: str, name: str) -> dict[str, Any]:
    """What the manifest says of one thing."""
    [found] = [one for one in PARTS if (one["kind"], one["metadata"]["name"]) == (kind, name)]
    return found


def pods() -> Iterator[tuple[str, dict[str, Any]]]:
    """Name and pod of everything that runs containers."""
    for one in PARTS:
        spec = one.get("spec", {})
        template = spec.get("jobTemplate", {}).get("spec", spec).get("template")
        if template:
            yield one["metadata"]["name"], template


def command_lines() -> Iterator[list[str]]:
    for service in COMPOSE["services"].values():
        if service["image"] == "expo-bot":
            yield [*service.get("entrypoint", []), *service.get("command", [])]
    for _, pod in pods():
        yield from (container["args"] for container in pod["spec"]["containers"])


def works(line: list[str]) -> bool:
    """Whether the program is there and takes these words."""
    program, *words = line
    if program in PARSERS:
        try:
            PARSERS[program]().parse_args(words)
        except SystemExit:
            return False
        return True
    flags = {word for word in words if word.startswith("--")}
    told = subprocess.run(
        [Path(sys.executable).parent / "chroma", *words[:1], "--help"], capture_output=True, text=True
    )
    return program == "chroma" and all(f"{flag} " in told.stdout for flag in flags)


def test_every_command_in_them_is_one() -> None:
    lines = [line for line in command_lines() if line]

    assert [line for line in lines if not works(line)] == []
    assert {line[0] for line in lines} == {"expo-bot", "expo-ingest", "chroma"}


@pytest.mark.parametrize("line", ["expo-bot run --fast", "expo-bot sing", "chroma run --fast", "uvicorn bot"])
def test_a_command_that_is_none_would_be_noticed(line: str) -> None:
    assert not works(line.split())


def test_the_settings_in_the_manifest_are_settings_with_values_they_can_have() -> None:
    given = part("ConfigMap", "expo-bot")["data"]

    assert given.keys() <= SETTINGS
    assert all(isinstance(value, str) for value in given.values())
    settings = read(_env_file=None, **{name.lower(): value for name, value in given.items()})
    assert settings.chroma_url == f"http://{part('Service', 'expo-chroma')['metadata']['name']}:8000"


def test_secrets_are_named_and_nowhere_written() -> None:
    text = (ROOT / "deploy" / "kubernetes.yaml").read_text("utf-8")
    secret = {name.upper() for name, field in Settings.model_fields.items() if "SecretStr" in str(field.annotation)}

    assert not any(one["kind"] == "Secret" for one in PARTS)
    assert not secret & part("ConfigMap", "expo-bot")["data"].keys()
    assert {word.split("=")[1] for word in text.split() if word.startswith("--from-literal=")} <= secret
    assert COMPOSE["services"]["postgres"]["environment"]["POSTGRES_PASSWORD"] == "${POSTGRES_PASSWORD:-}"


def test_a_rolling_update_takes_no_replica_away_before_another_is_ready() -> None:
    deployment = part("Deployment", "expo-bot")["spec"]
    [container] = deployment["template"]["spec"]["containers"]

    assert deployment["strategy"]["rollingUpdate"]["maxUnavailable"] == 0
    assert container["readinessProbe"]["httpGet"]["path"] == "/readyz"
    assert container["livenessProbe"]["httpGet"]["path"] == "/healthz"
    pause = int(container["lifecycle"]["preStop"]["exec"]["command"][1])
    assert deployment["template"]["spec"]["terminationGracePeriodSeconds"] >= pause + 10 + 5  # a stop takes up to ten
    assert part("PodDisruptionBudget", "expo-bot")["spec"]["minAvailable"] < deployment["replicas"]


def test_every_stop_in_compose_has_the_time_that_it_takes() -> None:
    for name in ("bot", "worker"):
        assert int(COMPOSE["services"][name]["stop_grace_period"].removesuffix("s")) > 10


def test_ports_probes_and_selectors_fit_each_other() -> None:
    for _, pod in pods():
        for container in pod["spec"]["containers"]:
            ports = {port["name"] for port in container.get("ports", [])}
            probes = [value for name, value in container.items() if name.endswith("Probe")]
            assert {probe["httpGet"]["port"] for probe in probes} <= ports
            mounted = {mount["name"] for mount in container.get("volumeMounts", [])}
            claims = {"data"} if container["name"] == "chroma" else set()
            assert mounted <= {volume["name"] for volume in pod["spec"].get("volumes", [])} | claims
    labels = {name: pod["metadata"]["labels"] for name, pod in pods() if "metadata" in pod}
    for one in PARTS:
        if one["kind"] in ("Service", "PodDisruptionBudget"):
            selector = one["spec"]["selector"]
            assert labels[one["metadata"]["name"]] == selector.get("matchLabels", selector)


def test_nothing_runs_as_root_or_without_a_request() -> None:
    for name, pod in pods():
        assert pod["spec"]["securityContext"]["runAsUser"] == 10001, name
        for container in pod["spec"]["containers"]:
            assert {"cpu", "memory"} <= container["resources"]["requests"].keys(), name
            assert container["securityContext"]["allowPrivilegeEscalation"] is False, name


def test_what_compose_starts_for_many_waits_for_what_it_needs() -> None:
    services = COMPOSE["services"]

    assert services["worker"]["depends_on"].keys() == {"postgres", "chroma"}
    assert all("healthcheck" in services[name] for name in services["worker"]["depends_on"])
    assert {name for name, service in services.items() if "profiles" not in service} == {"bot"}
    named = {volume.split(":")[0] for service in services.values() for volume in service.get("volumes", [])}
    assert {volume for volume in named if not volume.startswith(".")} == COMPOSE["volumes"].keys()


def test_what_asks_whether_the_bot_is_well_knocks_where_it_answers() -> None:
    said = part("ConfigMap", "expo-bot")["data"]
    [container] = part("Deployment", "expo-bot")["spec"]["template"]["spec"]["containers"]
    ports = {port["name"]: str(port["containerPort"]) for port in container["ports"]}
    assert ports == {"webhook": said["WEBHOOK_PORT"], "health": said["HEALTH_PORT"]}
    assert (said["HEALTH_HOST"], said["WEBHOOK_HOST"]) == ("0.0.0.0", "0.0.0.0")  # the probe comes from outside
