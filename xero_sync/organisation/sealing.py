"""Secrets at rest: encrypted with the first key, readable with any, and worthless under another owner's name."""

import json
from collections.abc import Mapping

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings


class SealBroken(Exception):
    """The sealed text was made with an unknown key, was altered, or belongs to somebody else."""


def seal(*, owner: str, secrets: Mapping[str, str]) -> str:
    """Encrypt `secrets` for `owner`, who is named inside: Fernet has no associated data."""
    plain = json.dumps({"owner": owner, "secrets": dict(secrets)})
    return _keys().encrypt(plain.encode()).decode()


def unseal(*, owner: str, sealed: str) -> dict[str, str]:
    """The secrets again. Raises SealBroken."""
    try:
        content = json.loads(_keys().decrypt(sealed.encode()))
    except (InvalidToken, ValueError):
        raise SealBroken("The sealed text cannot be opened with the keys of this installation.") from None
    if content.get("owner") != owner:
        raise SealBroken("The sealed text belongs to another owner.")
    return {str(key): str(value) for key, value in content["secrets"].items()}


def reseal(*, owner: str, sealed: str) -> str:
    """The same secrets under the first key. Raises SealBroken."""
    return seal(owner=owner, secrets=unseal(owner=owner, sealed=sealed))


def _keys() -> MultiFernet:
    return MultiFernet([Fernet(key) for key in settings.TOKEN_ENCRYPTION_KEYS])
