"""Banks that take transfers by NAPAS 247: bank identification number (BIN) and the name that people know.

Source: the public VietQR list. State Treasury and the Bank for Social Policies have no number in it: an account there
is shown as text, without a QR.
"""

#: BIN -> name.
BANKS: dict[str, str] = {
    "970415": "VietinBank",
    "970436": "Vietcombank",
    "970418": "BIDV",
    "970405": "Agribank",
    "970422": "MB",
    "970407": "Techcombank",
    "970416": "ACB",
    "970432": "VPBank",
    "970423": "TPBank",
    "970403": "Sacombank",
    "970441": "VIB",
    "970443": "SHB",
    "970437": "HDBank",
    "970426": "MSB",
    "970449": "LPBank",
    "970448": "OCB",
    "970440": "SeABank",
    "970431": "Eximbank",
    "970429": "SCB",
    "970428": "Nam A Bank",
    "970425": "ABBANK",
    "970409": "Bac A Bank",
    "970412": "PVcomBank",
    "970452": "KienlongBank",
    "970419": "NCB",
    "970433": "VietBank",
    "970427": "VietABank",
    "970454": "BVBank",
    "970438": "BaoViet Bank",
    "970400": "SaigonBank",
    "970430": "PGBank",
    "970446": "Co-opBank",
    "970444": "VCBNeo",
    "970408": "GPBank",
    "970414": "MBV",
    "970406": "Vikki",
    "970424": "Shinhan",
    "970457": "Woori",
    "970458": "UOB",
    "970410": "Standard Chartered",
    "970439": "Public Bank",
    "970442": "Hong Leong",
    "970434": "Indovina",
    "970421": "VRB",
    "458761": "HSBC",
}


def bank_name(bank: str) -> str:
    """Return the name of a bank by its BIN; a name that is no BIN ("Kho bạc Nhà nước") is returned as it is."""
    return BANKS.get(bank, bank)
