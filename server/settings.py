"""Settings, read once at the start of a process from the environment (or a `.env` file beside the project).

Lower rooms never read the environment: they are handed what they need. `docs/settings.md` is made from this file.
"""

import re
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import AliasChoices, Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from bot.channels.capabilities import TELEGRAM_BOT
from console.shell.shown_setting import ShownSetting
from server.settings_in_vietnamese import MEANINGS

PROJECT = Path(__file__).parent.parent

Role = Literal["web", "conversation", "delivery", "scheduler"]
ALL_ROLES: tuple[Role, ...] = ("web", "conversation", "delivery", "scheduler")


class Settings(BaseSettings):
    """Every setting has a default with which the whole system runs on one machine."""

    model_config = SettingsConfigDict(env_prefix="CHUNGTAY_", env_file=".env", extra="ignore", frozen=True)

    database_url: str | None = Field(
        None,
        validation_alias=AliasChoices("DATABASE_URL", "CHUNGTAY_DATABASE_URL"),
        description="Address of PostgreSQL (`postgresql://user:password@host/name`). Unset: an embedded PostgreSQL "
        "is started in the data directory.",
    )
    data_dir: Path = Field(
        PROJECT / "var", description="Where the embedded database, trained models and Rasa's log live."
    )
    audio_dir: Path | None = Field(
        None, description="Where recorded speech lies. Unset: `audio` in the data directory."
    )
    host: str = Field("127.0.0.1", description="Address on which the web chat listens. Put a TLS proxy before it.")
    port: int = Field(8080, ge=0, le=65535, description="Port of the web chat. 0 takes any free port.")
    public_address: str | None = Field(
        None,
        pattern=r"^https?://[^\s]+$",
        description="Address at which people reach the web chat and the public pages, for example "
        "`https://hoidap.example`; used in links. Unset: no links on other channels than the web chat.",
    )
    trusted_proxies: Annotated[tuple[IPv4Network | IPv6Network, ...], NoDecode] = Field(
        (),
        description="Addresses or networks of the proxies before this system, separated by commas, for example "
        "`127.0.0.1`. Failed sign-ins are counted by the address that they tell in `X-Forwarded-For`; without it a "
        "stranger's attempts behind the same proxy would keep staff out. Empty: nobody is believed.",
    )
    link_secret: SecretStr | None = Field(
        None,
        description="Secret that signs links such as those of `chungtay as-on`, at least 16 random characters. Unset: "
        "made once and kept in the data directory; set it where processes do not share that.",
        min_length=16,
    )
    internal_port: int = Field(
        0,
        ge=0,
        le=65535,
        description="Loopback port on which Rasa calls our actions. 0 takes any free port, which suffices for Rasa "
        "processes that this process starts itself.",
    )
    internal_token: SecretStr | None = Field(
        None, description="Token that Rasa shows when it calls our actions. Unset: made anew at each start."
    )
    health_port: int | None = Field(
        None,
        ge=0,
        le=65535,
        description="Port on which a process without the `web` role answers `/healthz`, `/readyz` and `/metrics`, at "
        "`CHUNGTAY_HOST`. Unset: nowhere; with the role they stand on its own port.",
    )
    metrics_token: SecretStr | None = Field(
        None, description="Token for `/metrics` from other machines. Unset: only this machine may read them."
    )
    rasa_urls: Annotated[tuple[str, ...], NoDecode] = Field(
        (),
        description="Addresses of Rasa processes that somebody else runs, separated by commas. Empty: this process "
        "starts its own.",
    )
    rasa_token: SecretStr | None = Field(
        None, description="API token of the Rasa processes in `CHUNGTAY_RASA_URLS` (their `--auth-token`)."
    )
    rasa_processes: int = Field(1, ge=1, le=16, description="How many Rasa processes to start (about 0.5 GB each).")
    rasa_timeout: float = Field(
        10.0, gt=0, le=15, description="Seconds after which Rasa counts as failed for one message; it is asked again."
    )
    conversation_slots: int = Field(
        16, ge=1, le=500, description="Conversations that one process answers at the same time."
    )
    keep_words_days: int = Field(
        90, ge=1, description="Days after which the words of answered messages and their answers are erased."
    )
    keep_receipts_days: int = Field(
        1095,
        ge=1,
        description="Days after which answer receipts are deleted. They hold what was said, and nothing about whom.",
    )
    fund_file: Path | None = Field(
        None,
        description="What donors may choose their gift for (`docs/fund.md`). Unset: `fund.yml` in the data directory; "
        "without either nobody is asked.",
    )
    frozen_questions: Path | None = Field(
        None,
        description="Labelled questions (tab-separated, as for `chungtay evaluate`) by which a learned model is judged "
        "and which are never taught. Unset: given with `--frozen`.",
    )
    keep_open_questions_days: int = Field(
        180,
        ge=0,
        description="Days for which questions that were not answered well are kept for staff, redacted and without the "
        "person. 0 keeps none.",
    )
    keep_trackers_days: int = Field(
        7, ge=1, description="Days after which Rasa forgets an idle conversation (what it was about, not who)."
    )
    keep_course_interests_days: int = Field(
        30,
        ge=1,
        description="Days after a course ended, or somebody withdrew, for which it is known who wanted to take it.",
    )
    telegram_token: SecretStr | None = Field(
        None, description="Token of the Telegram bot, from BotFather. Unset: no Telegram."
    )
    telegram_mode: Literal["off", "webhook", "polling"] = Field(
        "polling",
        description="How Telegram hands us what people write, where a token is set: it calls our "
        "`/webhooks/telegram`, or we ask it; `off`: not at all.",
    )
    telegram_secret: SecretStr | None = Field(
        None,
        description="Secret by which our webhook knows Telegram: 16 to 256 of A–Z, a–z, 0–9, `_`, `-`. Needed in mode "
        "`webhook`.",
    )
    telegram_address: str = Field(
        "https://api.telegram.org",
        pattern=r"^https?://[^\s]+$",
        description="Where the Bot API answers; another for a server of one's own or a stand-in.",
    )
    telegram_per_second: int = Field(
        int(TELEGRAM_BOT.per_second or 1),
        ge=1,
        le=1000,
        description="Messages that the bot may send in any second, over all processes. Telegram names about 30: more "
        "only where it has granted more.",
    )
    sealing_key: SecretStr | None = Field(
        None,
        min_length=16,
        description="Secret with which tokens of messengers and secrets of one-time codes are encrypted in the "
        "database, at least 16 random characters. Unset: made once and kept in the data directory; set it where "
        "processes do not share that.",
    )
    installation: str = Field(
        "production",
        min_length=1,
        max_length=40,
        description="Name of this installation. Tokens given to another one (in a copy of the database) are not "
        "refreshed here: a refresh token works once.",
    )
    zalo_oa_id: str | None = Field(
        None, pattern=r"^\d{1,25}$", description="Id of the Zalo Official Account. Unset: no Zalo."
    )
    zalo_app_id: str = Field("", description="Id of the Zalo application that is linked with the account.")
    zalo_app_secret: SecretStr = Field(SecretStr(""), description="Secret of that application.")
    zalo_webhook_key: SecretStr | None = Field(
        None, description="“OA Secret Key” that signs Zalo's events. Unset: the application's secret."
    )
    zalo_pkce_verifier: SecretStr | None = Field(
        None,
        description="43 letters and digits whose PKCE challenge is saved in Zalo's developer console, where it asks "
        "for one. Unset: each consent has its own.",
    )
    zalo_signatures: Literal["enforce", "observe"] = Field(
        "enforce",
        description="`enforce` takes only events with a right signature. `observe` takes all and reports wrong ones: "
        "for the first hour of a new account only.",
    )
    zalo_openapi_url: str = Field("https://openapi.zalo.me", description="Base address of Zalo's OA API.")
    zalo_business_url: str = Field(
        "https://business.openapi.zalo.me", description="Base address of Zalo's templates by telephone number."
    )
    zalo_oauth_url: str = Field("https://oauth.zaloapp.com", description="Base address of Zalo's token calls.")
    zalo_appsecret_proof: bool = Field(False, description="Send the proof that the application may demand.")
    zalo_mute_minutes: int = Field(
        60, ge=0, description="How long the bot is silent towards somebody after an officer wrote to them from Zalo."
    )
    zalo_settle_seconds: float = Field(
        1.0, ge=0, le=10, description="How long a Zalo message lies so that an earlier one may still arrive."
    )
    zalo_paid_per_day: int = Field(
        0, ge=0, description="Zalo texts outside the free window that may be sent in a day, over all campaigns."
    )
    campaigns_slow_from_tickets: int = Field(
        50,
        ge=1,
        description="Tickets that may wait at the help desk before campaigns go slower; with twice as many they go "
        "half as fast, and a tenth at the least.",
    )
    zalo_bot_token: SecretStr | None = Field(
        None, description="Token of a bot of the Zalo Bot Platform, from Zalo Bot Manager. Unset: no such bot."
    )
    zalo_bot_mode: Literal["off", "webhook", "polling"] = Field(
        "polling",
        description="How the Zalo Bot Platform hands us what people write: it calls our `/webhooks/zalo-bot`, or we "
        "ask it (for trials only: what a poll hands out is never handed out again); `off`: not at all.",
    )
    zalo_bot_secret: SecretStr | None = Field(
        None,
        min_length=8,
        max_length=256,
        description="Secret by which our webhook knows the Zalo Bot Platform, 8 to 256 characters. Needed in mode "
        "`webhook`.",
    )
    zalo_bot_address: str = Field(
        "https://bot-api.zaloplatforms.com",
        pattern=r"^https?://[^\s]+$",
        description="Where the Zalo Bot Platform answers; another for a stand-in.",
    )
    zalo_message_price: int | None = Field(
        None,
        ge=0,
        description="Đồng for one Zalo text outside the free window, by the account's own package. Unset: a campaign's "
        "cost is shown as not known.",
    )
    zalo_template_price: int | None = Field(
        None, ge=0, description="Đồng for one message by an approved Zalo template. Unset: templates are not planned."
    )
    webhooks_to_private_addresses: bool = Field(
        False,
        description="Let organisations be told of results at plain http and private addresses, such as a system on the "
        "same network. Off: only public https.",
    )
    sepay_secret: SecretStr | None = Field(
        None, description="Secret or API key of SePay's webhook at `/webhooks/bank/sepay`. Unset: the path is closed."
    )
    casso_secret: SecretStr | None = Field(
        None, description="Key of Casso's webhook at `/webhooks/bank/casso`. Unset: the path is closed."
    )
    payos_secret: SecretStr | None = Field(
        None, description="Checksum key of payOS's webhook at `/webhooks/bank/payos`. Unset: the path is closed."
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field("info", description="What is logged.")
    log_format: Literal["auto", "console", "json"] = Field(
        "auto", description="`json` for machines, `console` for people; `auto` looks whether a terminal reads along."
    )

    @property
    def recordings_dir(self) -> Path:
        """Where recorded speech lies."""
        return self.audio_dir or self.data_dir / "audio"

    @property
    def keeps_open_questions(self) -> bool:
        """Whether questions that were not answered well are kept at all."""
        return self.keep_open_questions_days > 0

    @property
    def kept_events_dir(self) -> Path:
        """Where events of messengers lie, a folder per channel, that the database did not take at once."""
        return self.data_dir / "kept-events"

    @field_validator("data_dir", "audio_dir")
    @classmethod
    def _from_where_the_command_was_given(cls, folder: Path | None) -> Path | None:
        """Make a folder absolute: Rasa and PostgreSQL run in folders of their own, where `var` would be another."""
        return folder and folder.absolute()

    @field_validator("zalo_pkce_verifier")
    @classmethod
    def _zalo_takes_it(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and not re.fullmatch(r"[A-Za-z0-9._~-]{43}", value.get_secret_value()):
            raise ValueError("has not 43 letters and digits")
        return value

    @field_validator("telegram_secret")
    @classmethod
    def _telegram_takes_it(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and not re.fullmatch(r"[A-Za-z0-9_-]{16,256}", value.get_secret_value()):
            raise ValueError("must be 16 to 256 of the characters A-Z a-z 0-9 _ -")
        return value

    @model_validator(mode="after")
    def _webhook_has_its_secret(self) -> Self:
        if self.telegram_token is not None and self.telegram_mode == "webhook" and self.telegram_secret is None:
            raise ValueError("CHUNGTAY_TELEGRAM_SECRET must be set where CHUNGTAY_TELEGRAM_MODE is webhook")
        if self.zalo_bot_token is not None and self.zalo_bot_mode == "webhook" and self.zalo_bot_secret is None:
            raise ValueError("CHUNGTAY_ZALO_BOT_SECRET must be set where CHUNGTAY_ZALO_BOT_MODE is webhook")
        return self

    @field_validator("rasa_urls", "trusted_proxies", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value


def _variable(name: str) -> str:
    return "DATABASE_URL" if name == "database_url" else f"CHUNGTAY_{name.upper()}"


def shown_settings(settings: Settings) -> tuple[ShownSetting, ...]:
    """Return the settings for administrators to read. Secrets, and addresses that hold one, are not shown."""
    shown = []
    for name, field in Settings.model_fields.items():
        value = getattr(settings, name)
        secret = value is not None and (isinstance(value, SecretStr) or name == "database_url")
        text = "–" if value in (None, "", ()) else "•••" if secret else str(value)
        english = field.description or ""
        shown.append(ShownSetting(_variable(name), text, english, MEANINGS.get(name, english), secret))
    return tuple(shown)


def settings_page() -> str:
    """Return the text of `docs/settings.md`."""
    lines = [
        "# Settings",
        "",
        "<!-- Made by `uv run chungtay docs`; a test fails when it lags behind server/settings.py. -->",
        "",
        "Read once at start, from the environment or a `.env` file in the project folder. Secrets are never logged.",
        "",
        "| variable | default | what it does |",
        "| --- | --- | --- |",
    ]
    for name, field in Settings.model_fields.items():
        default = field.default
        if isinstance(default, Path):
            default = default.relative_to(PROJECT)
        shown = "–" if default is None or default == () else f"`{default}`"
        lines.append(f"| `{_variable(name)}` | {shown} | {field.description} |")
    return "\n".join(lines) + "\n"
