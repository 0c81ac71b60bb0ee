"""Which servers the operator pays for."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ServerAccess:
    """The servers whose members may cause cost.

    Attributes:
        allowed: server ids; None: any server.
        owners: Discord ids of the application's owners, whose own servers are always allowed.
    """

    allowed: frozenset[int] | None
    owners: frozenset[int] = frozenset()

    def admits(self, server_id: int, server_owner_id: int) -> bool:
        """Whether a server may use the bot."""
        return self.allowed is None or server_id in self.allowed or server_owner_id in self.owners
