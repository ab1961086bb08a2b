"""Staff: organisations, accounts, the duties they hold, how they sign in, and the tokens that act for them."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.schema import Identity

from store.models.base import Base
from store.staff_roles import Role

_ROLES = ", ".join(f"'{role}'" for role in Role)


class Organisation(Base):
    """A mass organisation, or the people's committees. Others refer to its code, which never changes."""

    __tablename__ = "organisation"

    code: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    name_in_english: Mapped[str]


class StaffAccount(Base):
    """One person who works here. Never deleted, because the audit log names them; disabled instead."""

    __tablename__ = "staff_account"
    __table_args__ = (CheckConstraint("login = lower(login) and login <> ''", name="login_in_lower_case"),)

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    login: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    organisation: Mapped[str] = mapped_column(ForeignKey("organisation.code"))
    language: Mapped[str] = mapped_column(server_default="vi")
    created_at: Mapped[datetime]
    disabled_at: Mapped[datetime | None]
    #: Made up, for rehearsals.
    demo: Mapped[bool] = mapped_column(server_default=text("false"))

    #: Argon2id; None until the invitation was accepted.
    password_hash: Mapped[str | None]
    #: Secret of the one-time codes, in base 32, encrypted (`store.sealing`); None until it was set up.
    totp_sealed: Mapped[bytes | None]
    #: The same in the clear, as systems before revision 0028 kept it: sealed and emptied when the console starts.
    totp_secret: Mapped[str | None]
    #: The newest 30-second step whose code was used: none works twice.
    totp_last_step: Mapped[int | None]
    #: SHA-256 of the recovery codes that were not used yet.
    recovery_digests: Mapped[list[str]] = mapped_column(ARRAY(String), server_default=text("'{}'"))

    #: When a page of theirs was last open.
    present_at: Mapped[datetime | None]


class StaffDuty(Base):
    """A role that somebody holds, in one area."""

    __tablename__ = "staff_duty"
    __table_args__ = (CheckConstraint(f"role in ({_ROLES})", name="known_role"),)

    staff_id: Mapped[int] = mapped_column(ForeignKey("staff_account.id", ondelete="CASCADE"), primary_key=True)
    role: Mapped[str] = mapped_column(primary_key=True)
    #: Code of a commune or ward, or empty for the whole province.
    area: Mapped[str] = mapped_column(server_default="", primary_key=True)


class StaffInvitation(Base):
    """A link with which somebody chooses their password; works once, also as a way back after forgetting it."""

    __tablename__ = "staff_invitation"

    #: SHA-256 of the code in the link, in hex.
    digest: Mapped[str] = mapped_column(primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff_account.id", ondelete="CASCADE"))
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class StaffSession(Base):
    """A browser in which somebody is signed in."""

    __tablename__ = "staff_session"
    __table_args__ = (Index("ix_staff_session_staff_id", "staff_id", "last_seen_at"),)

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    #: SHA-256 of the cookie, in hex.
    digest: Mapped[str] = mapped_column(unique=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff_account.id", ondelete="CASCADE"))
    #: Name of browser and system, for the list of sessions.
    browser: Mapped[str]
    #: False between the password and the one-time code.
    complete: Mapped[bool]
    created_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class SignInAttempt(Base):
    """A sign-in that failed, so that nobody tries many passwords or codes."""

    __tablename__ = "sign_in_attempt"
    __table_args__ = (Index("ix_sign_in_attempt_whom", "whom", "at"),)

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    #: SHA-256 of what was tried: the login, or the network address.
    whom: Mapped[str]
    at: Mapped[datetime]


class ApiToken(Base):
    """A token with which a program acts for one member of staff, within its scopes."""

    __tablename__ = "api_token"

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    #: SHA-256 of the token, in hex.
    digest: Mapped[str] = mapped_column(unique=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff_account.id"))
    #: What it is for, in the words of whoever made it.
    purpose: Mapped[str]
    #: Values of `store.api_scopes.Scope`.
    scopes: Mapped[list[str]] = mapped_column(ARRAY(String))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    last_used_at: Mapped[datetime | None]
