"""The closed lists that questions and statements share: topics, aspects, groups, areas, certainty."""

from enum import StrEnum


class Topic(StrEnum):
    """What a question is about. The same ids name intents, content folders and report rows."""

    POVERTY_STANDARD = "poverty_standard"
    POVERTY_REVIEW_PROCEDURE = "poverty_review_procedure"
    BENEFITS_OVERVIEW = "benefits_overview"
    HEALTH_INSURANCE = "health_insurance"
    EDUCATION_SUPPORT = "education_support"
    HOUSING_SUPPORT = "housing_support"
    CREDIT_LOAN = "credit_loan"
    ELECTRICITY_SUPPORT = "electricity_support"
    SOCIAL_ASSISTANCE = "social_assistance"
    LEGAL_AID = "legal_aid"
    VOCATIONAL_TRAINING = "vocational_training"
    JOB_AND_WORK_ABROAD = "job_and_work_abroad"
    LIVELIHOOD_PRODUCTION_SUPPORT = "livelihood_production_support"
    ETHNIC_MINORITY_POLICY = "ethnic_minority_policy"
    FUND_FOR_THE_POOR = "fund_for_the_poor"
    DONATE_OR_PLEDGE = "donate_or_pledge"
    DONATION_RECEIPT_TRANSPARENCY = "donation_receipt_transparency"
    COMPLAINT_OR_FEEDBACK = "complaint_or_feedback"
    DOCUMENT_CERTIFICATE = "document_certificate"
    NEW_RURAL_PROGRAMME = "new_rural_programme"
    CAMPAIGN_INFORMATION = "campaign_information"
    CONTACT_OFFICE = "contact_office"
    OUT_OF_SCOPE = "out_of_scope"
    CHITCHAT = "chitchat"


class Aspect(StrEnum):
    """Which side of a topic is asked about."""

    WHAT = "what"
    WHO = "who"
    HOW_MUCH = "how_much"
    HOW_TO_APPLY = "how_to_apply"
    DOCUMENTS = "documents"
    WHERE = "where"
    DEADLINE = "deadline"
    LEGAL_BASIS = "legal_basis"


class Group(StrEnum):
    """Whom or, for loans, which programme a question is about.

    The programme groups stand in the same list because people name them in the same breath
    ("vay hộ cận nghèo", "vay nước sạch"), and a statement is found the same way for both.
    """

    POOR = "poor"
    NEAR_POOR = "near_poor"
    NEWLY_ESCAPED = "newly_escaped"
    AVERAGE_LIVING_STANDARD = "average_living_standard"
    LOW_INCOME_WORKER = "low_income_worker"
    ETHNIC_MINORITY = "ethnic_minority"
    STUDENT = "student"
    CHILDREN_UNDER_6 = "children_under_6"
    ELDERLY = "elderly"
    DISABLED = "disabled"
    SOCIAL_ASSISTANCE_RECIPIENT = "social_assistance_recipient"
    DIFFICULT_AREA = "difficult_area"
    HOUSEHOLD = "household"
    CLEAN_WATER = "clean_water"
    JOB_CREATION = "job_creation"
    WORK_ABROAD = "work_abroad"
    BOARDING_PUPIL = "boarding_pupil"
    DISASTER = "disaster"
    BIRTH_SUPPORT = "birth_support"
    DONOR = "donor"
    COMPANY = "company"
    CHARITY_FUND = "charity_fund"
    CULTURED_FAMILY = "cultured_family"
    FUNERAL = "funeral"
    HUNGER = "hunger"
    FEES = "fees"
    VOLUNTARY_INSURANCE = "voluntary_insurance"
    TET = "tet"
    LOST_CERTIFICATE = "lost_certificate"
    MERIT = "merit"
    SOCIAL_HOUSING = "social_housing"
    DEMOBILISED = "demobilised"
    UNEMPLOYED = "unemployed"
    AFTER_SENTENCE = "after_sentence"
    COMPANY_TRAINING = "company_training"
    WORK_CONTRACT = "work_contract"
    TREATMENT_RULES = "treatment_rules"
    LEGAL_AID_CASE = "legal_aid_case"
    VIOLENCE_VICTIM = "violence_victim"
    AGRICULTURAL_EXTENSION = "agricultural_extension"
    RESPECTED_PERSON = "respected_person"
    OVERDUE_LOAN = "overdue_loan"
    CAREGIVER = "caregiver"
    MILD_DISABILITY = "mild_disability"
    PUPIL_RICE = "pupil_rice"
    DENUNCIATION = "denunciation"
    TEACHER_STUDENT = "teacher_student"
    POVERTY_RATE = "poverty_rate"
    PERSONAL_DATA = "personal_data"


LOAN_PROGRAMMES: tuple[Group, ...] = (
    Group.POOR,
    Group.NEAR_POOR,
    Group.NEWLY_ESCAPED,
    Group.DIFFICULT_AREA,
    Group.CLEAN_WATER,
    Group.STUDENT,
    Group.JOB_CREATION,
    Group.WORK_ABROAD,
)
"""The groups that name a loan programme of the Vietnam Bank for Social Policies."""


MATTERS_OF_THEIR_OWN: dict[Group, frozenset[Topic]] = {
    Group.MERIT: frozenset({Topic.HOUSING_SUPPORT}),
    Group.SOCIAL_HOUSING: frozenset({Topic.HOUSING_SUPPORT, Topic.CREDIT_LOAN}),
    Group.DEMOBILISED: frozenset({Topic.VOCATIONAL_TRAINING}),
    Group.UNEMPLOYED: frozenset({Topic.VOCATIONAL_TRAINING}),
    Group.AFTER_SENTENCE: frozenset({Topic.VOCATIONAL_TRAINING}),
    Group.COMPANY_TRAINING: frozenset({Topic.VOCATIONAL_TRAINING}),
    Group.WORK_CONTRACT: frozenset({Topic.JOB_AND_WORK_ABROAD}),
    Group.TREATMENT_RULES: frozenset({Topic.HEALTH_INSURANCE}),
    Group.LEGAL_AID_CASE: frozenset({Topic.LEGAL_AID}),
    Group.AGRICULTURAL_EXTENSION: frozenset({Topic.LIVELIHOOD_PRODUCTION_SUPPORT}),
    Group.RESPECTED_PERSON: frozenset({Topic.ETHNIC_MINORITY_POLICY}),
    Group.OVERDUE_LOAN: frozenset({Topic.CREDIT_LOAN}),
    Group.CAREGIVER: frozenset({Topic.SOCIAL_ASSISTANCE}),
    Group.MILD_DISABILITY: frozenset({Topic.SOCIAL_ASSISTANCE}),
    Group.PUPIL_RICE: frozenset({Topic.EDUCATION_SUPPORT}),
    Group.DENUNCIATION: frozenset({Topic.COMPLAINT_OR_FEEDBACK}),
    Group.TEACHER_STUDENT: frozenset({Topic.EDUCATION_SUPPORT}),
    Group.VOLUNTARY_INSURANCE: frozenset({Topic.BENEFITS_OVERVIEW}),
    Group.POVERTY_RATE: frozenset({Topic.POVERTY_REVIEW_PROCEDURE}),
    Group.PERSONAL_DATA: frozenset({Topic.COMPLAINT_OR_FEEDBACK}),
}
"""Matters beside a topic's main road, with the topics that hold something about them. It is told before the topic's
general answers, whatever the aspect: "how long is the training card valid?" does not ask for a closing date."""


class Area(StrEnum):
    """Communes are rural, wards urban (Circular 07/2021/TT-BLĐTBXH)."""

    RURAL = "rural"
    URBAN = "urban"


class Certainty(StrEnum):
    """How sure a fact is, as marked by the people who collected it.

    V seen in the text itself or an official page; V2 seen through a secondary source; MH, MM, ML from memory
    with high, medium, low confidence; U unknown.
    """

    V = "V"
    V2 = "V2"
    MH = "MH"
    MM = "MM"
    ML = "ML"
    U = "U"

    @property
    def rank(self) -> int:
        """0 is the surest."""
        return tuple(Certainty).index(self)

    @property
    def needs_confirmation(self) -> bool:
        """May be told, together with the advice to ask the commune again."""
        return self is Certainty.MH

    @property
    def is_uncertain(self) -> bool:
        """Never gives a number."""
        return self in (Certainty.MM, Certainty.ML, Certainty.U)
