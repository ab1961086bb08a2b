"""Old and new names of places lead to today's office, however they are written."""

import importlib.util
from datetime import date
from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from content.check_places import place_complaint, unknown_places_in
from content.folding import clean, fold, folded_syllables
from content.place_pages import place_pages
from content.place_units import District, FormerUnit, PlaceKind, Unit, load_places
from content.places import Resolution, resolve
from content.topics import Area
from content.translations import catalogue_for
from content.yaml_files import CONTENT_DIR

PLACES = load_places()
TODAY = date(2026, 11, 25)
BEFORE = date(2025, 6, 30)
PROJECT = CONTENT_DIR.parent
VI = catalogue_for("vi")
#: Former units whose name alone, with its kind, is also that of another place.
ASKED_BACK_WITH_KIND = {"tu-mo-rong/dak-ha", "dak-ha/dak-long", "dak-glei/dak-long"}


def kind(place: Unit | FormerUnit | District) -> str:
    return VI.text(f"place_kind.{place.kind}")


def found(text: str, on: date = TODAY) -> list[str]:
    return [one.place.id for one in resolve(text, on=on).candidates]


def spoken(text: str) -> list[str]:
    """With diacritics, without, in capitals, and as sloppily as people do."""
    return [text, fold(text), text.upper(), fold(text).lower(), f"ubnd {text.lower()} o dau"]


def test_the_table_holds_what_the_facts_count() -> None:
    assert len(PLACES.units) == 40 and len(PLACES.former_units) == 102 and len(PLACES.districts) == 10
    kinds = [old.kind for old in PLACES.former_units.values()]
    assert [kinds.count(one) for one in (PlaceKind.COMMUNE, PlaceKind.WARD, PlaceKind.TOWNSHIP)] == [85, 10, 7]
    assert sum(unit.kind is PlaceKind.WARD for unit in PLACES.units.values()) == 3
    counted = {district.name: len(district.former_units) for district in PLACES.districts.values()}
    assert counted == {
        **{"Kon Tum": 21, "Đăk Glei": 12, "Tu Mơ Rông": 11, "Đăk Hà": 11, "Sa Thầy": 11},
        **{"Đăk Tô": 9, "Kon Plông": 9, "Ngọc Hồi": 8, "Kon Rẫy": 7, "Ia H’Drai": 3},
    }
    assert {unit.name for unit in PLACES.units.values() if unit.is_unchanged} == {
        *("Đăk Long", "Rờ Kơi", "Mô Rai", "Ia Đal")
    }


@pytest.mark.parametrize("unit", PLACES.units.values(), ids=lambda unit: unit.id)
def test_a_name_of_today_leads_to_its_unit(unit: Unit) -> None:
    district = PLACES.districts[unit.district]
    for text in spoken(f"{kind(unit)} {unit.name}"):
        assert unit.id in found(text), text
        assert len(found(text)) == 1 or unit.name in ("Đăk Hà", "Đăk Long"), text
    for text in spoken(f"{kind(unit)} {unit.name}, {kind(district)} {district.name}"):
        assert found(text) == [unit.id], text
    assert found(unit.id) == [unit.id]


@pytest.mark.parametrize("old", PLACES.former_units.values(), ids=lambda old: old.id)
def test_an_old_name_leads_to_todays_unit(old: FormerUnit) -> None:
    district = PLACES.districts[old.district]
    for text in spoken(f"{kind(old)} {old.name}"):
        assert old.now in found(text), text
        assert len(found(text)) == 1 or old.id in ASKED_BACK_WITH_KIND, text
    for text in spoken(f"{kind(old)} {old.name} {kind(district)} {district.name}"):
        assert found(text) == [old.now], text
    for text in (old.name, fold(old.name)):
        assert old.now in found(text), text
    assert found(old.id) == [old.now]


@pytest.mark.parametrize("district", PLACES.districts.values(), ids=lambda district: district.id)
def test_a_district_leads_to_the_units_in_it(district: District) -> None:
    for text in spoken(f"{kind(district)} {district.name}"):
        resolution = resolve(text, on=TODAY)
        assert resolution.district is district and resolution.unit is None, text
    assert PLACES.units_of(district, TODAY) == district.units
    assert PLACES.units_of(district, BEFORE) == district.former_units


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("Đăk Hà", ["23500", "23425", "dak-ha"]),
        ("xã Đăk Hà", ["23500", "23425"]),
        ("xã Đăk Hà cũ", ["23425"]),
        ("xã cũ đăk hà", ["23425"]),
        ("xã Đăk Hà mới", ["23500"]),
        ("thị trấn Đăk Hà", ["23500"]),
        ("huyện Đăk Hà", ["dak-ha"]),
        ("ubnd xa dak ha cu o tu mo rong", ["23425"]),
        ("Đăk Hà, huyện Tu Mơ Rông", ["23425"]),
        ("xã Đăk Hà huyện Đăk Hà", ["23500"]),
        ("xã Đăk Long", ["23368", "23504"]),
        ("dak long dak glei", ["23368"]),
        ("huyện Đăk Hà xã Đăk Long", ["23504"]),
        ("Kon Plông", ["23476", "kon-plong"]),
        ("Sa Thầy", ["23527", "sa-thay"]),
        ("Đăk Tô", ["23401", "dak-to"]),
        ("Tu Mơ Rông", ["23425", "tu-mo-rong"]),
        ("Đăk Glei", ["23341", "dak-glei"]),
        ("thị trấn Đăk Glei", ["23341"]),
        ("Bờ Y", ["23377"]),
        ("Pờ Y", ["23377"]),
        ("phường Đăk Bla", ["23302"]),
        ("xã Đăk Bla", ["23332"]),
        ("dak bla", ["23302", "23332"]),
        ("phường Kon Tum", ["23293"]),
        ("tp. Kon Tum", ["kon-tum"]),
        ("xã Bờ Y, Kon Tum", ["23377"]),
        ("xã Bờ Y tỉnh Kon Tum", ["23377"]),
        ("tỉnh Kon Tum cũ", []),
        ("xã Bờ Y và xã Sa Loong", ["23377", "23392"]),
        ("xã Đăk Hà cũ nay thuộc xã Tu Mơ Rông phải không", ["23425"]),
    ],
)
def test_names_that_are_traps(text: str, codes: list[str]) -> None:
    assert sorted(found(text)) == sorted(codes)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Đắk Nhoong", "23344"),
        ("Dak Nhong", "23344"),
        ("ngọc wang", "23515"),
        ("Ngok Linh", "23365"),
        ("xã Ngoc Tem", "23476"),
        ("xã konplong", "23476"),
        ("huyện konplong", "kon-plong"),
        ("Ia H'Drai", "ia-h-drai"),
        ("ia hdrai", "ia-h-drai"),
        ("Ia-H-Drai", "ia-h-drai"),
        ("IaHDrai", "ia-h-drai"),
        ("Chư H’reng", "23332"),
        ("Đăk R'Ve", "23479"),
        ("yaly", "23548"),
        ("xã Ia Tăng", "23548"),
        ("x. Hiếu", "23476"),
        ("P.Duy Tân", "23284"),
        ("tt plei kan", "23377"),
        ("plây kần", "23377"),
        ("Dak Xu commune", "23377"),
        ("former Dak Ha commune", "23425"),
        ("thị xã Kon Tum", "kon-tum"),
    ],
)
def test_ways_of_writing(text: str, code: str) -> None:
    assert found(text) == [code]


@pytest.mark.parametrize(
    "text",
    [
        *("con phải hiếu với cha mẹ", "nhà lợp tấm xốp", "văn xuôi hay thơ", "tỉnh Hòa Bình", "hop tac xa thong nhat"),
        *("đường Lê Lợi", "mong được hòa bình", "hộ mong muốn vay", "Bộ Y tế", "trồng sâm Ngọc Linh", "Đắk Nông"),
        *("Đắk Lắk", "Krông Pa", "xã mình giờ thuộc xã nào", "xã Không Có", "", "🙂", "thành phố Hà Nội"),
    ],
)
def test_words_that_are_no_place_of_ours(text: str) -> None:
    # A name alone, as an answer to "which commune?", is taken as said; among other words it needs its surroundings.
    assert found(f"nghe nói {text} thì sao") == []


def test_a_common_word_is_a_place_with_its_kind_its_district_or_alone() -> None:
    for text in ("ở xã Hiếu", "nhà ở hiếu kon plong", "hiếu, huyện Kon Plông", "Hiếu"):
        assert found(text) == ["23476"], text


def test_before_the_reform_the_old_unit_is_the_answer() -> None:
    assert found("thị trấn Plei Kần", BEFORE) == ["ngoc-hoi/plei-kan"]
    assert found("xã Bờ Y", BEFORE) == ["ngoc-hoi/po-y"]
    assert found("xã Đăk Hà", BEFORE) == ["tu-mo-rong/dak-ha"]
    assert found("Dục Nông", BEFORE) == ["ngoc-hoi/dak-ang", "ngoc-hoi/dak-duc", "ngoc-hoi/dak-nong"]
    assert found("thị trấn Plei Kần", PLACES.province.changed_on) == ["23377"]


def test_a_resolution_says_by_which_old_unit_it_was_found() -> None:
    (candidate,) = resolve("xã Đăk Xú", on=TODAY).candidates
    assert candidate.via is PLACES.former_units["ngoc-hoi/dak-xu"]
    (unchanged,) = resolve("xã Mô Rai", on=TODAY).candidates
    assert unchanged.via is None
    assert not Resolution(TODAY)


def test_townships_became_rural_and_a_commune_became_urban() -> None:
    townships = {unit.name for unit in PLACES.units.values() if unit.contains_former_township}
    assert townships == {"Đăk Pék", "Bờ Y", "Đăk Tô", "Măng Đen", "Đăk Rve", "Đăk Hà", "Sa Thầy"}
    assert all(PLACES.units[code].area is Area.RURAL for code in PLACES.units if PLACES.units[code].kind == "commune")
    changed = {unit.name for unit in PLACES.units.values() if unit.area_changed}
    assert changed == townships | {"Đăk Cấm"}


@pytest.mark.parametrize(("file", "text"), place_pages().items())
def test_what_is_made_from_the_places_does_not_lag(file: str, text: str) -> None:
    assert (PROJECT / file).read_text(encoding="utf-8") == text, f"{file} lags: run `make docs`"


@given(st.text(max_size=200))
def test_whatever_people_write_is_resolved_to_places_or_to_none(text: str) -> None:
    resolution = resolve(text, on=TODAY)
    assert resolution.is_ambiguous + (resolution.unit is not None) + (resolution.district is not None) == bool(
        resolution
    )


@given(
    st.sampled_from(list(PLACES.former_units.values())), st.sampled_from([" ", "-", "  ", "’", " - "]), st.booleans()
)
def test_hyphens_and_apostrophes_do_not_hide_a_name(old: FormerUnit, joint: str, folded: bool) -> None:
    name = joint.join((fold(old.name) if folded else old.name).split())
    assert old.now in found(f"{kind(old)} {name}")


def nlu_text() -> ModuleType:
    spec = importlib.util.spec_from_file_location("nlu_text", PROJECT / "nlu" / "components" / "text.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    "text",
    [
        *(place.name for place in PLACES.by_id.values()),
        *("Hộ CẬN nghèo 50%, vay 1.500.000đ?", "H’Drai H'Drai H‘drai", "x.Hiếu/p.Lê-Lợi", "e\u0302\u0301 ắ ỡ Ự ß İ"),
        *("", "\u200bĐắk\u00a0Hà\u0000", "a_b ٣ 中文 🙂", "x" * 9000),
    ],
)
def test_content_and_rasa_fold_alike(text: str) -> None:
    other = nlu_text()
    assert clean(text) == other.clean(text)
    assert fold(text) == other.fold(text)
    assert list(folded_syllables(text)) == other.syllables(other.fold(other.clean(text)))


def test_content_that_names_a_place_names_one_that_is_known() -> None:
    assert unknown_places_in("đến UBND xã Đăk Xyz hoặc xã Bờ Y, huyện Ia H’Drai, UBND xã, phường", on=TODAY) == [
        "xã Đăk Xyz"
    ]
    assert place_complaint("23377", on=TODAY) is None and place_complaint("xã Hiếu", on=TODAY) is None
    assert "does not hold" in str(place_complaint("xã Đăk Xyz", on=TODAY))
    assert "23425" in str(place_complaint("xã Đăk Hà", on=TODAY))
    assert "dak-ha" in str(place_complaint("huyện Đăk Hà", on=TODAY))
