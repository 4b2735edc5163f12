"""The server that docs/server.md shows is one that works."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from cleaner import restore

PAGE = "Share this article\nThe ferry is back."


def test_the_server_of_the_docs_cleans_and_accounts() -> None:
    pytest.importorskip("fastapi", reason="needs the extra test-adapters")
    client_of = pytest.importorskip("fastapi.testclient", reason="needs httpx").TestClient
    docs = (Path(__file__).parent.parent / "docs/server.md").read_text(encoding="utf-8")
    [program] = re.findall(r"```python\n(.*?)```", docs, re.DOTALL)
    made: dict[str, Any] = {}
    exec(program, made)
    answer = client_of(made["app"]).post("/clean", json={"text": PAGE})
    assert answer.status_code == 200
    assert answer.json()["text"] == "The ferry is back."
    assert restore(answer.json()["text"], answer.json()["account"]) == PAGE
    assert client_of(made["app"]).post("/clean", json={"text": 5}).status_code == 422
