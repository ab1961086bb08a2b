"""The role `web`: the pages and interfaces that face the internet."""

from typing import TYPE_CHECKING

from console.access.one_time_codes import seal_what_lies_open
from server.app import WebParts, public_app
from server.bank_feeds import bank_secrets
from server.channels import channels_set_up
from server.listening import listening_socket
from server.retraining import CandidateTraining
from server.secret_file import link_secret, sealing_secret
from server.settings import shown_settings
from store.sealing import Sealer

if TYPE_CHECKING:
    from server.runtime import Runtime


async def start(runtime: "Runtime") -> None:
    """Listen, for residents, staff and messengers."""
    sealer = Sealer(sealing_secret(runtime.settings))
    await seal_what_lies_open(runtime.database, sealer)
    listening = listening_socket(runtime.settings.host, runtime.settings.port)
    host, port = listening.getsockname()[:2]
    runtime.address = f"http://{host}:{port}"
    for connection in runtime.connections:
        for name, run in connection.receiving.items():
            runtime.keep_running(name, run)
    runtime.serve(
        public_app(
            WebParts(
                database=runtime.database,
                inbox=runtime.inbox,
                clock=runtime.clock,
                signal=runtime.settled,
                rasa_is_up=runtime.rasa_is_up,
                checks=runtime.checks(),
                metrics_token=runtime.metrics_token(),
                audio_dir=runtime.settings.recordings_dir,
                library=runtime.library,
                link_secret=link_secret(runtime.settings),
                desk=runtime.desk(),
                sealer=sealer,
                retraining=CandidateTraining(
                    runtime.database, runtime.clock, runtime.settings.data_dir, runtime.settings.frozen_questions
                ),
                demo=runtime.demo,
                settings=shown_settings(runtime.settings),
                trusted_proxies=runtime.settings.trusted_proxies,
                private_webhooks=runtime.settings.webhooks_to_private_addresses,
                bank_secrets=bank_secrets(runtime.settings),
                webhooks=[one.router for one in runtime.connections if one.router is not None],
                zalo_consent=next((one.zalo_consent for one in runtime.connections if one.zalo_consent), None),
                channels=channels_set_up(runtime.settings),
                notes={one.channel.name: one.note for one in runtime.connections if one.note is not None},
            )
        ),
        listening,
    )
