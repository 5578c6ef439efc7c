"""How values are written for people: numbers, durations, times, sizes, names."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime

MISSING = "·"
THIN = "\u202f"  # the thin space that does not break
FIGURE_SPACE = "\u2007"
POINT_SPACE = "\u2008"

_SIZES = ("B", "kB", "MB", "GB", "TB", "PB", "EB")


def is_missing(value: object) -> bool:
    """Whether a value means "nothing was recorded": None, NaT or pandas.NA. NaN is a value."""
    return value is None or type(value).__name__ in ("NaTType", "NAType")


def number(value: object, *, digits: int = 4) -> str:
    """A number with four significant digits and thin-spaced thousands.

    Parameters
    ----------
    value
        int, float, bool, numpy scalar or Decimal; None gives a dot, any other object its text.
    digits
        Significant digits of a float. Integers and the integer part of a float are never rounded.

    Examples
    --------
    >>> number(0.97153), number(51020) == "51\\u202f020", number(1e-5), number(float("nan")), number(None)
    ('0.9715', True, '1e-5', 'NaN', '·')
    """
    if is_missing(value):
        return MISSING
    if isinstance(value, (str, bytes)) or type(value).__name__ in ("bool", "bool_"):
        return str(value)
    if isinstance(value, int):
        return _integer(value)
    try:
        as_float = float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError):
        return str(value)
    if math.isnan(as_float):
        return "NaN"
    if math.isinf(as_float):
        return "inf" if as_float > 0 else "-inf"
    if as_float == 0:
        return "0"
    exponent = math.floor(math.log10(abs(as_float)))
    if exponent < -4 or exponent >= 9:
        return _scientific(as_float, digits)
    text = f"{as_float:.{max(digits - 1 - exponent, 0)}f}"
    whole, _, fraction = text.partition(".")
    fraction = fraction.rstrip("0")
    return _grouped(whole) + (f".{fraction}" if fraction else "")


def signed(value: float) -> str:
    """A difference: three significant digits, always with its sign; zero is ±0.

    Examples
    --------
    >>> signed(0.014), signed(-0.032), signed(0.0)
    ('+0.014', '-0.032', '±0')
    """
    text = number(value, digits=3)
    if text == "0":
        return "±0"
    return text if text.startswith("-") or text in ("NaN", MISSING) else f"+{text}"


def number_column(values: Iterable[object]) -> list[str]:
    """Numbers of one column, padded on the right with figure spaces so that the points line up."""
    texts = [number(value) for value in values]
    fractions = [_fraction(text) for text in texts]
    widest = max((len(fraction) for fraction in fractions if fraction is not None), default=0)
    if widest == 0 or widest > 6:
        return texts
    padded = []
    for text, fraction in zip(texts, fractions, strict=True):
        if fraction is None:
            padded.append(text)
        else:
            padded.append(text + ("" if fraction else POINT_SPACE) + FIGURE_SPACE * (widest - len(fraction)))
    return padded


def duration(seconds: float | None) -> str:
    """A length of time.

    Examples
    --------
    >>> duration(0.0421), duration(1.23), duration(185), duration(7500), duration(None)
    ('42 ms', '1.2 s', '3 min 05 s', '2 h 05 min', '·')
    """
    if seconds is None or is_missing(seconds) or not math.isfinite(seconds):
        return MISSING
    sign, seconds = ("-", -seconds) if seconds < 0 else ("", seconds)
    if seconds < 0.9995:
        text = f"{seconds * 1000:.0f} ms" if seconds >= 0.00995 else f"{seconds * 1000:.1f} ms"
    elif seconds < 9.95:
        text = f"{seconds:.1f} s"
    elif seconds < 59.5:
        text = f"{seconds:.0f} s"
    elif seconds < 3599.5:
        minutes, rest = divmod(round(seconds), 60)
        text = f"{minutes} min {rest:02d} s"
    elif seconds < 86370:
        hours, minutes = divmod(round(seconds / 60), 60)
        text = f"{hours} h {minutes:02d} min"
    else:
        days, hours = divmod(round(seconds / 3600), 24)
        text = f"{days} d {hours:02d} h"
    return sign + text


def size(count: float | None) -> str:
    """A number of bytes in decimal units.

    Examples
    --------
    >>> size(812), size(12_345), size(1_200_000_000)
    ('812 B', '12.3 kB', '1.2 GB')
    """
    if count is None or is_missing(count) or not math.isfinite(count):
        return MISSING
    value, unit = float(count), 0
    while abs(value) >= 999.5 and unit < len(_SIZES) - 1:
        value, unit = value / 1000, unit + 1
    text = f"{value:.0f}" if unit == 0 or abs(value) >= 99.95 else f"{value:.1f}".removesuffix(".0")
    return f"{text} {_SIZES[unit]}"


def ago(when: datetime | None, now: datetime | None = None) -> str:
    """How long ago something was; the date itself after two weeks.

    Parameters
    ----------
    when, now
        Naive datetimes mean UTC. ``now`` defaults to the present.
    """
    if when is None or is_missing(when):
        return MISSING
    seconds = (_utc(now or datetime.now(UTC)) - _utc(when)).total_seconds()
    if abs(seconds) >= 14 * 86400:
        return _utc(when).astimezone().strftime("%Y-%m-%d")
    if -60 < seconds < 5:
        return "just now"
    magnitude = abs(seconds)
    for unit, length in (("d", 86400), ("h", 3600), ("min", 60)):
        if magnitude >= length:
            text = f"{int(magnitude // length)} {unit}"
            break
    else:
        text = f"{int(magnitude)} s"
    return f"{text} ago" if seconds > 0 else f"in {text}"


def moment(when: datetime | None) -> str:
    """A time to the second, in local time with its offset, for titles."""
    if when is None or is_missing(when):
        return ""
    return _utc(when).astimezone().isoformat(sep=" ", timespec="seconds")


def visible(text: str) -> str:
    """One line of text in which no character can hide: newlines, controls and direction marks are shown."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(_shown(char) for char in text)


def short(text: object, limit: int = 60) -> str:
    """Text on one line, cut after ``limit`` characters with an ellipsis.

    Examples
    --------
    >>> short("two\\nlines"), short("abcdefgh", 5)
    ('two↵lines', 'abcd…')
    """
    whole = str(text)
    line = visible(whole[: limit + 1])
    if len(whole) <= limit:
        return line
    end = max(limit - 1, 0)
    while end > 1 and (unicodedata.combining(line[end]) or line[end] in "\u200d\ufe0f" or line[end - 1] == "\u200d"):
        end -= 1
    return line[:end].rstrip() + "…"


def heading(label: str, limit: int = 16) -> str:
    """The name of a column on one line, cut in its middle: what tells long names apart stands at their ends.

    Examples
    --------
    >>> heading("val_acc"), heading("gradientboosting__learning_rate")
    ('val_acc', 'gradien…ing_rate')
    """
    line = visible(label[:2000])
    if len(line) <= limit:
        return line
    head = (limit - 1) // 2
    return f"{line[:head].rstrip()}…{line[len(line) - (limit - 1 - head) :].lstrip()}"


def headings(labels: Sequence[str]) -> list[str]:
    """Names of columns, cut as far as they stay different."""
    cut = [heading(label) for label in labels]
    return [short(label, 48) if cut.count(text) > 1 else text for label, text in zip(labels, cut, strict=True)]


def run_label(run: Mapping[str, object]) -> str:
    """A run as people call it: ``#12 adam``, or its name, or the end of its id while it has no number."""
    number_, name = run.get("number"), run.get("name")
    if number_ is None:
        return str(name or "") or f"run {str(run.get('id') or '')[-4:]}".rstrip()
    return f"#{number_} {name}" if name else f"#{number_}"


def tag_list(tags: object) -> list[str]:
    """Tags as words: ``best``, ``team=vision``."""
    if isinstance(tags, Mapping):
        return [str(key) if value in (None, "") else f"{key}={value}" for key, value in tags.items()]
    if isinstance(tags, Iterable) and not isinstance(tags, (str, bytes)):
        return [str(tag) for tag in tags]
    return [] if is_missing(tags) else [str(tags)]


def value(thing: object, limit: int = 40) -> str:
    """A parameter's value on one line: numbers as numbers, text as it is, anything else by its repr."""
    if thing is None or isinstance(thing, bool):
        return str(thing)
    if isinstance(thing, (int, float)):
        return number(thing)
    if isinstance(thing, str):
        return short(thing, limit) or "''"
    return short(repr(thing), limit)


def _integer(value: int) -> str:
    if abs(value) < 10**15:
        return _grouped(str(value))
    try:
        return _scientific(float(value), 4)
    except OverflowError:
        return f"{'-' if value < 0 else ''}about 1e{int(abs(value).bit_length() * math.log10(2))}"


def _scientific(value: float, digits: int) -> str:
    mantissa, _, exponent = f"{value:.{digits - 1}e}".partition("e")
    if "." in mantissa:
        mantissa = mantissa.rstrip("0").rstrip(".")
    return f"{mantissa}e{int(exponent)}"


def _grouped(whole: str) -> str:
    sign, digits = ("-", whole[1:]) if whole.startswith("-") else ("", whole)
    return sign + f"{int(digits):,}".replace(",", THIN)


def _fraction(text: str) -> str | None:
    """The digits after the point, "" for a whole number, None for what takes no part in the alignment."""
    whole, _, fraction = text.replace(THIN, "").partition(".")
    return fraction if whole.lstrip("-").isdigit() and (not fraction or fraction.isdigit()) else None


def _shown(char: str) -> str:
    code = ord(char)
    if char == "\n":
        return "↵"
    if char in "\t\r\v\f\u2028\u2029":
        return " "
    if code < 0x20:
        return chr(0x2400 + code)
    if code == 0x7F:
        return "␡"
    if 0x202A <= code <= 0x202E or 0x2066 <= code <= 0x2069 or unicodedata.category(char) in ("Cs", "Cc"):
        return "\ufffd"
    return char


def _utc(when: datetime) -> datetime:
    return when.replace(tzinfo=UTC) if when.tzinfo is None else when
