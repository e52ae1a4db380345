"""``review serve`` as people start it: the link it prints, what it refuses, how it ends."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest
import requests

from review.cli.serve import check_host, is_loopback, listen
from review.errors import ReviewError
from review.protocol import template


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.2", "::", "review.example"])
def test_other_machines_are_refused_with_a_sentence(host: str) -> None:
    with pytest.raises(ReviewError, match="can be reached from other machines") as refused:
        check_host(host, ())
    assert "REVIEW_ALLOWED_HOSTS" in str(refused.value.hint)
    check_host(host, ("review.example",))


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.2", "::1", "localhost"])
def test_this_machine_is_allowed(host: str) -> None:
    assert is_loopback(host)
    check_host(host, ())


def test_a_taken_port_is_refused_when_it_was_named_and_left_when_not() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(ReviewError, match="it is taken"):
            listen("127.0.0.1", taken.getsockname()[1])
    with listen("127.0.0.1", None) as first, listen("127.0.0.1", None) as second:
        assert first.proto == socket.IPPROTO_TCP, "else every reply waits 40 ms"
        assert second.getsockname()[1] not in (0, first.getsockname()[1])


def test_from_the_command_to_the_page_and_a_clean_end(tmp_path: Path) -> None:
    (tmp_path / "protocol.toml").write_text(template("mentoring"), "utf-8")
    command = [sys.executable, "-m", "review.cli.main", "serve", "-C", str(tmp_path), "--port", "0", "--json"]
    environ = {**os.environ, "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environ) as server:
        assert server.stdout is not None
        assert server.stderr is not None
        told = json.loads(server.stdout.readline())
        try:
            with requests.Session() as client:
                client.trust_env = False
                assert told["link"].startswith(f"{told['url']}/open/")
                assert told["url"].startswith("http://127.0.0.1:")
                assert client.get(told["url"]).status_code == 401
                assert client.get(told["link"]).status_code == 200
        finally:
            server.send_signal(signal.SIGINT)
        assert server.wait(timeout=20) == 0
        assert server.stdout.read() == ""
        assert server.stderr.read() == ""


def test_a_folder_without_a_protocol_is_a_sentence(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "review.cli.main", "serve", "-C", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 7
    assert "it has no protocol.toml" in done.stderr
    assert "Traceback" not in done.stderr
