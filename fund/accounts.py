"""The fund's bank accounts, as its administrator configured them. None is built in, and none is ever made up."""

import re
from collections.abc import Sequence
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator
from sqlalchemy.ext.asyncio import AsyncConnection

from fund.banks import BANKS, bank_name
from fund.vietqr import Transfer, write_payload
from store.ledger_chain import DEMO_LEVEL
from store.queries.fund_accounts import account_rows

Level = Literal["province", "commune"]
LEVELS: tuple[Level, ...] = ("province", "commune")


def plain_account(written: str) -> str:
    """Return an account number as people write it without the spaces, dots and dashes."""
    return re.sub(r"[\s.\-]", "", written).upper()


class FundAccount(BaseModel):
    """One account that the Fatherland Front has published.

    `bank` is a BIN of `fund.banks`, or a name ("Kho bạc Nhà nước khu vực …") where no QR can be made. `demo` accounts
    are made up: everything that names one says so.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    bank: str = Field(min_length=2, max_length=80)
    number: str = Field(min_length=4, max_length=24)
    holder: str = Field(min_length=2, max_length=120)
    level: Level = "province"
    commune: str | None = Field(None, pattern=r"^\d{5}$", description="Id of the commune, for its own account.")
    demo: bool = False

    @field_validator("number")
    @classmethod
    def _plain_number(cls, number: str) -> str:
        plain = plain_account(number)
        if not re.fullmatch(r"[0-9A-Z]{4,19}", plain):
            raise ValueError("an account number has 4 to 19 digits or capital letters")
        return plain

    @property
    def bank_name(self) -> str:
        """Name of the bank."""
        return bank_name(self.bank)

    @property
    def ledger_level(self) -> str:
        """Level on which its money is booked: made-up money stands apart."""
        return DEMO_LEVEL if self.demo else self.level

    @property
    def takes_qr(self) -> bool:
        """False where the bank has no number for NAPAS 247, as the State Treasury."""
        return self.demo or self.bank in BANKS

    def payload(self, code: str, amount: int | None) -> str | None:
        """Return what a QR picture for one pledge says, None where the bank takes none. The code stands alone."""
        if not self.takes_qr:
            return None
        return write_payload(Transfer(_DEMO_BIN if self.demo else self.bank, self.number, amount, code))


#: Shown in demo mode only, and as made up: no bank has the number 000000, so that no app can transfer to it.
DEMO_ACCOUNT = FundAccount(
    bank="NGÂN HÀNG MẪU (KHÔNG CÓ THẬT)", number="DEMO000000", holder="QUY VI NGUOI NGHEO - DU LIEU MAU", demo=True
)
_DEMO_BIN = "000000"


class Accounts:
    """The accounts in use, first the one that pledges are paid to unless a commune has its own."""

    def __init__(self, accounts: Sequence[FundAccount] = ()) -> None:
        self.all = tuple(accounts)

    def __bool__(self) -> bool:
        return bool(self.all)

    def for_commune(self, commune: str | None) -> FundAccount | None:
        """Return the account that a pledge for `commune` is paid to: its own, else the province's; None without."""
        own = next((one for one in self.all if commune is not None and one.commune == commune), None)
        return own or next((one for one in self.all if one.level == "province"), None)

    def by_number(self, written: str) -> FundAccount | None:
        """Return the account with this number, however it is written."""
        plain = plain_account(written)
        return next((one for one in self.all if one.number == plain), None)


async def kept_accounts(connection: AsyncConnection, *, retired: bool = False) -> Accounts:
    """Return the accounts that two people set; with `retired` also those whose statements may still come."""
    return Accounts(
        [
            FundAccount(
                bank=row.bank,
                number=row.number,
                holder=row.holder,
                level="commune" if row.level == "commune" else "province",
                commune=row.commune,
                demo=row.demo,
            )
            for row in await account_rows(connection, retired=retired)
        ]
    )
