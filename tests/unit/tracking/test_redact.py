"""Secrets go, everything else stays."""

from __future__ import annotations

import ast
import os
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nbmlops.tracking.redact import MARK, redact, redact_value
from nbmlops.tracking.redact.secrets import is_secret_name

# Put together here, so that no scanner of repositories takes this file for a leak.
A20, A36, H32 = "Ab1" * 7, "aB3d" * 9, "0a1b" * 8
TOKENS = [
    "AKIA" + "ABCDEFGHIJ234567",
    "AIza" + "Ab1-_" * 7,
    "ghp_" + A36,
    "github_pat_" + A36,
    "glpat-" + A20,
    "sk-" + A36,
    "sk-" + "proj-" + A36,
    "hf_" + A36,
    "xoxb-" + "1234567890-" + A20,
    "eyJ" + A20 + ".eyJ" + A20 + "." + A20,
    "dapi" + H32,
    "SG." + A20 + "." + A20,
    "npm_" + A36,
]


@pytest.mark.parametrize("token", TOKENS)
@pytest.mark.parametrize("around", ["{}", "x = '{}'", "{}\nnext", "curl -H 'X: {}' url", "a={},b"])
def test_known_forms(token: str, around: str) -> None:
    assert redact(around.format(token)) == (around.format(MARK), 1)


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ('password = "hunter2"', 'password = "«redacted»"'),
        ("password='''a\nb'''", "password='''«redacted»'''"),
        ('db_password: str = "x y"', 'db_password: str = "«redacted»"'),
        ('{"api_key": "abc", "max_tokens": "5"}', '{"api_key": "«redacted»", "max_tokens": "5"}'),
        ('{"password": "a\\"b", "x": 1}', '{"password": "«redacted»", "x": 1}'),
        ('"{\\"password\\": \\"abc\\"}"', '"{\\"password\\": \\"«redacted»\\"}"'),
        ('os.environ["HF_TOKEN"] = "abc"', 'os.environ["HF_TOKEN"] = "«redacted»"'),
        ('os.getenv("API_KEY", "dflt123")', 'os.getenv("API_KEY", "«redacted»")'),
        ('connect("u", password="b", key="k")', 'connect("u", password="«redacted»", key="k")'),
        ('client.api_key = f"abc{x}"', 'client.api_key = f"«redacted»"'),
        ('secret = (\n    "abc"\n)', 'secret = (\n    "«redacted»"\n)'),
        ('  - token: "abcdefgh"', '  - token: "«redacted»"'),
        ("don't: password='hunter2x'", "don't: password='«redacted»'"),
        ("%env API_KEY=abcdefgh", "%env API_KEY=«redacted»"),
        ("%env HF_TOKEN abcdef1", "%env HF_TOKEN «redacted»"),
        ("!export TOKEN=abc12345 && run", "!export TOKEN=«redacted» && run"),
        ("!fit --api-key sekret99 --max-tokens 500", "!fit --api-key «redacted» --max-tokens 500"),
        ("HOME=/root\nAPI_KEY=abcd1234efgh\n", "HOME=/root\nAPI_KEY=«redacted»\n"),
        ("postgresql://u:pa55@host/db", "postgresql://u:«redacted»@host/db"),
        ("http://localhost:8888/?token=0a1b2c3d&x=1", "http://localhost:8888/?token=«redacted»&x=1"),
        (f"Authorization: Bearer {A36}", "Authorization: Bearer «redacted»"),
        (f"AccountName=x;AccountKey={A36}==;Suffix=y", "AccountName=x;AccountKey=«redacted»;Suffix=y"),
        ("İ password='x1'", "İ password='«redacted»'"),
        (
            "-----BEGIN RSA PRIVATE KEY-----\nMIIabc+/=\n-----END RSA PRIVATE KEY-----",
            "-----BEGIN RSA PRIVATE KEY-----«redacted»-----END RSA PRIVATE KEY-----",
        ),
    ],
)
def test_secrets_in_their_places(text: str, clean: str) -> None:
    assert redact(text) == (clean, 1)
    assert redact(clean) == (clean, 0)


@pytest.mark.parametrize(
    "text",
    [
        'tokenizer = "bert-base"',
        'model(max_tokens=20, token_count="3", n_keys="4", keyboard="de", author="me")',
        'tokenizer.pad_token = "[PAD]"; eos_token = "</s>"; pad_token = "0"',
        "password = 12345678",
        "password = get_password()",
        "password=password, token=token",
        "API_KEY = config.api_key",
        'API_KEY=os.environ["API_KEY"]',
        'token == "lambda"',
        'if name in ("password", "secret"):',
        'print("token: ", x, "abc")',
        'print("token=", x, "abc")',
        'getpass("Password: ")\nx = "a"',
        'sorted(rows, key="name"); primary_key = "id"; df.merge(on_key="a")',
        "def login(user: str, password: str) -> None: ...",
        'password = ""',
        'url = "https://host:8080/a@b"',
        "postgresql://user:{password}@host/db",
        "risk-adjusted-returns-2024-of-the-portfolio task-based-learning-rate-0001",
        "Basic characterization of the data, Bearer of bad news",
        "import secrets; secrets.token_hex(16)",
        '"-----BEGIN PRIVATE KEY-----" in text',
        "hf_hub_download(repo_id='a/b', filename='model.safetensors')",
        "sk_learn = 'sklearn.ensemble.GradientBoostingClassifier'",
        "--max-tokens 500 --token 123456",
    ],
)
def test_what_only_looks_like_a_secret_survives(text: str) -> None:
    assert redact(text) == (text, 0)


SECRET = (
    "api_key API_KEY apiKey APIKey X-Api-Key hf_token HF_TOKEN token SECRET db_password password1 dbPassword"
    " aws_secret_access_key AWS_ACCESS_KEY_ID_SECRET client_secret secret_key SECRET_KEY_BASE api_key_prod"
    " WANDB_API_KEY accessToken refresh_token passphrase credentials api_keys access_tokens db_pass private_key"
    " cfg/db/password clf__password os.token"
)
PLAIN = (
    "max_tokens tokenizer token_count n_keys keyboard author key keys tokens num_tokens maxTokens pad_token eos_token"
    " next_token target_token primary_key foreign_key sort_key monkey donkey passenger first_pass bypass key_size"
    " password_file secret_santa secretary token_type lr PWD OLDPWD compass token/count turkey"
)


@pytest.mark.parametrize("name", SECRET.split())
def test_secret_names(name: str) -> None:
    assert is_secret_name(name)


@pytest.mark.parametrize("name", PLAIN.split())
def test_plain_names(name: str) -> None:
    assert not is_secret_name(name)


@pytest.fixture
def environ(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("MY_API_KEY", "zebra-crossing")
    monkeypatch.setenv("PIN_PASSWORD", "12345678")
    monkeypatch.setenv("SHORT_TOKEN", "abc")
    monkeypatch.setenv("COLOUR", "aquamarine")
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", os.__file__)
    yield


@pytest.mark.usefixtures("environ")
@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("the zebra-crossing, zebra-crossing!", 2),
        ("zebra-crossings", 0),
        ("12345678 rows", 0),
        ("abc aquamarine", 0),
        (os.__file__, 0),
    ],
)
def test_values_of_secret_environment_variables(text: str, count: int) -> None:
    clean, found = redact(text)
    assert found == count
    assert ("zebra-crossing" in clean) == (text == "zebra-crossings")


def test_redact_value() -> None:
    assert redact_value("cfg/api_key", "abc") == MARK
    assert redact_value("password", 1234) == 1234
    assert redact_value("password", None) is None
    assert redact_value("password", "") == ""
    assert redact_value("password", b"x") == MARK
    assert redact_value("note", "see postgresql://u:pa55@host") == "see postgresql://u:«redacted»@host"
    assert redact_value("api_keys", ["a", "b"]) == [MARK, MARK]
    assert redact_value("cfg", {"lr": 0.1, "db": {"password": "x", "port": 1}}) == {
        "lr": 0.1,
        "db": {"password": MARK, "port": 1},
    }
    assert redact_value("tokenizer", "bert") == "bert"
    frame = object()
    assert redact_value("password", frame) is frame


def test_a_private_key_without_its_end() -> None:
    text = "-----BEGIN PRIVATE KEY-----\n" + A36 * 2 + "\n" + A36
    assert redact(text) == ("-----BEGIN PRIVATE KEY-----" + MARK, 1)
    assert redact("'-----BEGIN PRIVATE KEY-----\\n" + A36 * 2 + "'")[1] == 1


def test_redacted_source_is_still_python() -> None:
    source = 'cfg = {"password": "a\\"b", "x": 1}\ntoken = """abcdefgh\nij"""\nlogin(api_key=r"abc")\n'
    clean, count = redact(source)
    assert count == 3
    assert len(ast.parse(clean).body) == 3
    assert clean.count("\n") == source.count("\n") - 1


PIECES = "loss epoch key keys tokens tokenizer max_tokens = : ( ) [ ] { } , 0.1 1e-3 -- ' x_train author pass password"
MARKS = 'key= https://a.b/c risk-free eyJ hf_ sk- AKIA PRIVATE :// @ Basic Bearer n_keys " "" \\'
words = st.sampled_from([*PIECES.split(), *MARKS.split(), "", "\n"])


@given(st.lists(words, max_size=40).map(" ".join))
def test_text_without_secrets_is_unchanged(text: str) -> None:
    assert redact(text.replace("password", "passage")) == (text.replace("password", "passage"), 0)


@given(st.text())
def test_any_text_is_taken(text: str) -> None:
    clean, count = redact(text)
    assert (clean == text) == (count == 0)
    assert redact(clean) == (clean, 0)


@given(st.lists(words, max_size=12), st.lists(words, max_size=12), st.sampled_from(TOKENS))
def test_a_token_is_found_anywhere(before: list[str], after: list[str], token: str) -> None:
    clean, count = redact(" ".join([*before, token, *after]))
    assert token not in clean
    assert count >= 1
