"""What donors may choose, as the administrator of the fund wrote it into one YAML file.

    purposes:
      - {id: houses, vi: "Làm nhà, sửa nhà", en: "Houses"}

Without a file nobody is asked for a purpose. Accounts do not stand here: two people set them (`fund.paid_to`).
"""

from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

#: Looked for in the data directory when no other file is named.
FILE_NAME = "fund.yml"


class FundMisconfigured(ValueError):
    """The file cannot be read; the message names the file, the place in it and what to do."""


class Purpose(BaseModel):
    """Something that a donor may give for, in the words that the fund chose."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    id: str = Field(pattern=r"^[a-z0-9_]{1,30}$")
    vi: str = Field(min_length=2, max_length=80)
    en: str = Field(min_length=2, max_length=80)

    def name(self, language: str) -> str:
        """Return the purpose in words."""
        return self.en if language == "en" else self.vi


class FundConfiguration(BaseModel):
    """What donors may choose. `purposes` empty: they are not asked for one."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    purposes: tuple[Purpose, ...] = Field((), max_length=8)

    def purpose(self, purpose_id: str | None) -> Purpose | None:
        """Return the purpose with this id, None where it is not offered any more."""
        return next((one for one in self.purposes if one.id == purpose_id), None)


def load_configuration(file: Path | None, *, data_dir: Path) -> FundConfiguration:
    """Return what the file says.

    Args:
        file: the file that the settings name; None looks for `fund.yml` in the data directory.

    Raises:
        FundMisconfigured: the named file is missing, or what stands in a file is not as described above.
    """
    path = file or data_dir / FILE_NAME
    if file is None and not path.is_file():
        return FundConfiguration()
    try:
        values: Any = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise FundMisconfigured(
            f"Cannot read the fund's configuration {path} ({error.strerror}). Mend CHUNGTAY_FUND_FILE or the rights."
        ) from error
    except yaml.YAMLError as error:
        raise FundMisconfigured(f"{path} is no YAML: {error}") from error
    try:
        return FundConfiguration.model_validate(values or {})
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise FundMisconfigured(
            f"{path}: {place}: {first['msg']}. See docs/fund.md for what may stand there."
        ) from error
