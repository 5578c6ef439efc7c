"""Which names hold secrets: whole words only, so that ``max_tokens`` and ``tokenizer`` do not."""

from __future__ import annotations

import functools
import re

_PARTS = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+")
# Words behind the telling one that change nothing: api_key_prod, SECRET_KEY_BASE.
_TRAILING = frozenset(
    {"prod", "production", "dev", "test", "staging", "live", "base", "value", "str", "string", "default"}
)
_ALWAYS = frozenset(
    {"password", "passwords", "passwd", "passphrase", "passcode", "secret", "secrets", "credential", "credentials"}
    | {"apikey", "apikeys", "accesskey", "secretkey", "privatekey", "authtoken", "accesstoken", "apitoken", "jwt"}
)
_KEY_OF = frozenset(
    {"api", "access", "secret", "private", "auth", "account", "storage", "encryption", "signing", "master"}
    | {"subscription", "service", "ssh", "license", "shared", "deploy", "client", "consumer", "app", "admin", "hmac"}
    | {"aws", "azure", "gcp", "openai", "anthropic", "wandb", "comet", "neptune", "mlflow", "hf", "cohere", "mistral"}
)
_PASS_OF = frozenset(
    {"db", "user", "smtp", "mysql", "pg", "postgres", "ftp", "mail", "email", "login", "root", "admin"}
)
# What a token is called in language models; every other x_token is taken for a credential.
_WORD_TOKEN = frozenset(
    {"pad", "eos", "bos", "unk", "mask", "cls", "sep", "special", "start", "end", "stop", "begin", "first", "last"}
    | {"next", "prev", "previous", "current", "new", "old", "max", "min", "num", "n", "per", "total", "input", "output"}
    | {"sub", "word", "text", "image", "audio", "video", "target", "source", "prompt", "decoder", "encoder", "unknown"}
    | {
        "separator",
        "padding",
        "filler",
        "added",
        "extra",
        "forced",
        "sequence",
        "by",
        "each",
        "every",
        "multi",
        "single",
    }
    | {
        "question",
        "answer",
        "context",
        "placeholder",
        "tool",
        "thinking",
        "reasoning",
        "vocab",
        "common",
        "rare",
        "top",
    }
)
_TOKENS_OF = frozenset({"access", "api", "auth", "refresh", "bearer", "secret", "private"})


@functools.lru_cache(maxsize=4096)
def is_secret_name(name: str) -> bool:
    """Whether a value with this name is a secret.

    Parameters
    ----------
    name
        A variable, key, or environment variable; ``cfg/api_key`` is judged by its last part.

    Returns
    -------
    bool

    Examples
    --------
    >>> is_secret_name("hf_token"), is_secret_name("pad_token"), is_secret_name("max_tokens")
    (True, False, False)
    """
    words = [word.lower() for word in _PARTS.findall(name.rpartition("/")[2].rpartition(".")[2])]
    while len(words) > 1 and words[-1] in _TRAILING:
        words.pop()
    if not words:
        return False
    last, before = words[-1], words[-2] if len(words) > 1 else ""
    if last in _ALWAYS:
        return True
    if last in ("key", "keys"):
        return before in _KEY_OF
    if last == "token":
        return before not in _WORD_TOKEN
    if last == "tokens":
        return before in _TOKENS_OF
    if last == "pwd":
        return before not in ("", "old")
    return last == "pass" and before in _PASS_OF
