"""How banks show a memo: one line for each manner seen in public statements. Names and numbers are made up."""

#: Name of the manner -> what the statement shows; `{typed}` is what the donor typed.
_SHOWN = {
    "same_bank": "MBVCB.4500000001.{typed}.CT tu 0011000000001 NGUYEN THI MAU toi 0011000000002 QUY VI NGUOI NGHEO XA",
    "other_bank": "MBVCB.4500000002.029552.{typed}.CT tu 0011000000001 NGUYEN THI MAU toi 100000000001 QUY VI NGUOI "
    "NGHEO tai VIETINBANK",
    "napas": "029552.231126.090012.{typed} FT26327000000001",
    "dots_become_spaces": "CUSTOMER MBVCB 4500000003 029553 {broken}  CT tu 0011000000001 NGUYEN THI MAU to i "
    "0000123456789 QUY VI NGUOI NGHEO Trace 339176",
    "wallet": "311447.231126.090013.4100000001-0900000001-{typed}",
    "several_lines": "MBVCB.4500000004.{lines}.CT\ntu 0011000000001 NGUYEN\nTHI MAU",
    "capitals": "{upper}",
    "small_letters": "{lower}",
    "dashes": "{dashes}",
    "space_after_prefix": "{spaced}",
    "interbank_prefix": "IBFT {typed}",
    "reference_before": "FT26327000001 {typed}",
    "remitter": "REM Tfr Ac: 100000000001 {typed}",
    "cut_off_after_the_code": "MBVCB.4500000001.{code}",
}
MANNERS = sorted(_SHOWN)


def mangled(manner: str, code: str, words: str = "ung ho") -> str:
    """Return what a statement shows for a donor who typed `code` and `words`."""
    typed = f"{code} {words}".strip()
    return _SHOWN[manner].format(
        code=code,
        typed=typed,
        broken=f"{code[:6]} {code[6:]} {words}",
        lines=f"{code[:7]}\n{code[7:]} {words}",
        upper=typed.upper(),
        lower=typed.lower(),
        dashes=f"{code[:2]}-{code[2:6]}-{code[6:]} {words}",
        spaced=f"{code[:2]} {code[2:]} {words}",
    )
