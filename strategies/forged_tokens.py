"""Tokens that were never handed out, made from one that was: as near to it as an endpoint might confuse them.

Each forgery differs from its token also after base64 decoding, whose last character may carry unused bits.
"""

from __future__ import annotations

import string

_ALPHABET = string.ascii_uppercase + string.ascii_lowercase + string.digits + "-_"
_STANDARD = str.maketrans("+/", "-_")
_HIGHEST_BIT = 0x20  # of the six that a base64 character stands for; it is used in every position
_KINDS = ("abcdef", "ghijklmnopqrstuvwxyz", "ABCDEF", "GHIJKLMNOPQRSTUVWXYZ", string.digits)
_OTHERS = str.maketrans({c: kind[-1 - i] for kind in _KINDS for i, c in enumerate(kind)})
_TAIL = 32  # characters: less than the signature at the end of a JSON Web Token

# Values that no token can be: blanks, punctuation, words for nothing.
MALFORMED = (" ", "!", '""', "*", "%00", "../../", "null", "undefined", "0", "' or ''='")


def unknown(token: str) -> str:
    """A token of the same form: the last letters and digits are others of their kind."""
    tail = min(_TAIL, (len(token) + 1) // 2)
    forged = token[:-tail] + token[-tail:].translate(_OTHERS)
    last = len(_split_padding(token)[0]) - 1
    # Where only dashes stand before the last character, that alone may carry nothing but unused bits.
    return forged if forged[:last] != token[:last] else _another(token[0]) + forged[1:]


def alter(token: str) -> str:
    """`token` with another last character; padding stays behind it."""
    body, padding = _split_padding(token)
    return body[:-1] + _another(body[-1]) + padding


def truncations(token: str) -> tuple[str, ...]:
    """`token` without its last character and its padding, and the first half of it."""
    body, _ = _split_padding(token)
    return body[:-1], body[: len(body) // 2]


def resembling(token: str) -> tuple[str, ...]:
    """Tokens that hold most of `token`: with another first character, with more at the end."""
    body, padding = _split_padding(token)
    return _another(token[0]) + token[1:], f"{body}AAAA{padding}"


def in_other_case(token: str) -> str | None:
    """`token` in other letter case; None where it has letters of one case only, and need not tell both apart."""
    letters = [character for character in token if character.isascii() and character.isalpha()]
    both = any(c.islower() for c in letters) and any(c.isupper() for c in letters)
    return token.swapcase() if both else None


def _another(character: str) -> str:
    known = character.translate(_STANDARD)
    return _ALPHABET[_ALPHABET.index(known) ^ _HIGHEST_BIT] if known in _ALPHABET else "A"


def _split_padding(token: str) -> tuple[str, str]:
    body = token.rstrip("=") or token
    return body, token[len(body) :]
