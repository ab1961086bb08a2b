"""Recipients that are not there: each does with a message what its address says, for rehearsals and tests of a run.

`succeed-…` takes it, `block-…` has blocked us, `timeout-…` leaves us without an answer, `fail-…` refuses the message.
"""

from bot.channels.base import Capabilities, ErrorClass, Failed, SendResult, Sent, Shipment
from bot.messages import OutgoingMessage

SIMULATED = "simulated"

_RESULTS: dict[str, Failed] = {
    "block": Failed(ErrorClass.PERMANENT_RECIPIENT, "simulated_blocked"),
    "timeout": Failed(ErrorClass.UNKNOWN, "simulated_no_answer"),
    "fail": Failed(ErrorClass.PAYLOAD, "simulated_refused"),
}


class SimulatedChannel:
    """Asks nobody."""

    name = SIMULATED
    capabilities = Capabilities(max_buttons=5)

    async def send(self, message: OutgoingMessage, address: str, shipment: Shipment) -> SendResult:
        """Do what the address says."""
        return _RESULTS.get(address.split("-", 1)[0], Sent(f"simulated:{shipment.key}"))
