"""What a household says about itself, as on the review form: one variable a box."""

from content.legislation.entities import Household
from content.legislation.truth import NO
from content.legislation.variables.kinds import answer, quantity

#: The 12 indicators of Decree 07/2021, in the order of its annex.
INDICATORS = (
    "employment",
    "dependency",
    "nutrition",
    "health_insurance",
    "adult_education",
    "child_schooling",
    "housing_quality",
    "housing_area",
    "clean_water",
    "toilet",
    "telecom",
    "info_assets",
)

VARIABLES = (
    # Where the household lives.
    answer("is_urban", Household, "Lives in a ward"),
    answer(
        "in_changed_area", Household, "Lives where the reform of 2025 changed rural into urban, or urban into rural", NO
    ),
    answer("in_difficult_area", Household, "Lives in a commune or village with difficult conditions"),
    answer(
        "in_extremely_difficult_area", Household, "Lives in a commune or village with extremely difficult conditions"
    ),
    answer("in_area_no_longer_difficult", Household, "Lives in a place that left the list of difficult areas", NO),
    answer("in_former_poor_district", Household, "Lives in what was a poor district until 30 June 2025"),
    # Income and score.
    *quantity("income_said", Household, "Income per person and month"),
    *quantity("assistance_in_income", Household, "Social assistance counted in it, per person and month"),
    *quantity("score_a_said", Household, "Points of table B1 (income)", 1_000),
    *quantity("score_b_said", Household, "Points of table B2 (deprivations)", 120),
    *quantity("deprivations_said", Household, "Number of deprivation indicators", 12),
    *(answer(f"said_lacks_{name}", Household, f"Is deprived of {name}, as said") for name in INDICATORS),
    # The dwelling, for the indicators that have a threshold.
    answer("is_described", Household, "Something is known from which an indicator may follow", NO),
    *quantity("dwelling_area", Household, "Floor area in square metres", 10_000),
    *quantity("weak_house_parts", Household, "Main parts of the house (walls, pillars, roof) of weak material", 3),
    answer("has_clean_water", Household, "Uses a clean source of water"),
    answer("has_hygienic_toilet", Household, "Has a hygienic toilet"),
    answer("uses_internet", Household, "A member uses the internet"),
    answer("has_shared_media", Household, "Has a television, radio, desktop computer or telephone"),
    answer("has_personal_media", Household, "Has a laptop, tablet or smartphone"),
    # What the commune recognised.
    answer("said_poor", Household, "Stands on the commune's list of poor households"),
    answer("said_near_poor", Household, "Stands on the commune's list of near-poor households"),
    answer("said_outside", Household, "Stands on none of these lists"),
    answer("said_newly_escaped", Household, "Stands on the commune's list of households that left poverty"),
    answer("said_average_living_standard", Household, "Is recognised as a farm household of average living standard"),
    answer("said_low_income_worker", Household, "Is recognised as a low-income worker's household"),
    *quantity("escape_months", Household, "Full months since the commune recognised the escape from poverty", 1_200),
    answer("people_known", Household, "Its members were listed", NO),
    # What it needs now. Where nothing is said, nothing of the kind happened.
    answer("farms", Household, "Lives from farming, forestry, fishing or salt"),
    answer("is_social_policy_household", Household, "Is a social policy household by the electricity rules"),
    *quantity("electricity", Household, "Kilowatt-hours used a month", 100_000),
    answer("house_destroyed", Household, "The house burnt down, collapsed or was swept away", NO),
    answer("house_badly_damaged", Household, "The house is badly damaged", NO),
    answer("must_move_house", Household, "The house has to be moved in an emergency", NO),
    answer("house_is_makeshift", Household, "The house is makeshift or leaks"),
    answer("died_by_disaster", Household, "A member died or went missing in a disaster or serious accident", NO),
    answer("injured_by_disaster", Household, "A member was badly hurt in a disaster or serious accident", NO),
    answer("recipient_died", Household, "A member who received monthly assistance or social pension died", NO),
    answer("is_hungry", Household, "Has nothing to eat at New Year, between harvests or after a disaster", NO),
    answer("wants_loan", Household, "Thinks of a loan"),
    *quantity("loan_wanted", Household, "The loan it thinks of, in đồng"),
    answer("wants_water_works", Household, "Wants to build water or sanitation works", NO),
    *quantity("water_works", Household, "Water and sanitation works it wants to build", 2),
)
