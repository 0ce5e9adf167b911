"""The way to a cluster: its address, and a client of its scheduler."""

import importlib.util
import logging
import re
import socket
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from distributed import Client

_ADDRESS: Final = re.compile(
    r"(tcp|tls|ws|wss)://[^\s/:@]+:\d{1,5}|(tcp|tls|ws|wss)://\[[0-9a-fA-F:.]+\]:\d{1,5}"
)
_EXAMPLE: Final = "an address such as tcp://192.168.1.5:8786"
_MISSING: Final = (
    "a cluster needs the package distributed: pip install -r requirements-cluster.txt, "
    "or pip install 'seqflip[cluster]'"
)


class ClusterError(ValueError):
    """A cluster that cannot be used; the message says why."""


def check_cluster(address: str, what: str = "--cluster") -> None:
    """Raise a :class:`ClusterError` if this is no address, or what speaks to it is missing.

    Parameters
    ----------
    address : str
        Of the scheduler.
    what : str
        What was set to it, for the message.
    """
    if not is_address(address):
        raise ClusterError(f"{what} must be {_EXAMPLE}, not {address!r:.80}")
    if importlib.util.find_spec("distributed") is None:
        raise ClusterError(_MISSING)


def is_address(text: str) -> bool:
    """Whether this is the address of a scheduler: protocol, host and port."""
    if _ADDRESS.fullmatch(text) is None:
        return False
    try:
        return bool(urlsplit(text).port)
    except ValueError:
        return False


def connect(address: str, seconds: float = 5.0) -> "Client":
    """Return a client of the scheduler at this address; for TLS, Dask's configuration is asked.

    Raises
    ------
    ClusterError
        If no scheduler answers for so long.
    """
    try:
        _ask(address, seconds)  # a client that finds no scheduler there waits, perhaps for ever
        from distributed import Client

        for name in ("distributed", "distributed.client"):
            logging.getLogger(name).setLevel(logging.CRITICAL)  # what goes wrong is said by us
        return Client(address, timeout=seconds, set_as_default=False, name="seqflip")
    except (OSError, ValueError, TypeError) as error:  # by it, or by what is no scheduler
        raise ClusterError(f"the cluster at {address} does not answer") from error


def _ask(address: str, seconds: float) -> None:
    """Raise an error if no scheduler answers."""
    import asyncio  # every process that trains would wait for it

    target = urlsplit(address)
    socket.create_connection((target.hostname or "", target.port or 0), seconds).close()

    async def ask() -> None:
        from distributed import Security
        from distributed.core import rpc

        security = Security().get_connection_args("client")
        async with asyncio.timeout(seconds), rpc(address, connection_args=security) as there:
            await there.identity(n_workers=0)

    asyncio.run(ask())
