"""What is said about each member of the household: one variable a box."""

from content.legislation.entities import Person
from content.legislation.truth import NO
from content.legislation.variables.kinds import UNBOUNDED, answer, quantity

VARIABLES = (
    *quantity("age", Person, "Age in full years", 130),
    answer("is_woman", Person, "Is a woman"),
    answer("is_ethnic_minority", Person, "Belongs to an ethnic minority"),
    answer("is_severely_disabled", Person, "Is severely disabled"),
    answer("is_extremely_disabled", Person, "Is extremely severely disabled"),
    answer("is_disabled", Person, "Is disabled, to whatever degree"),
    answer("is_pregnant", Person, "Is pregnant or has just given birth", NO),
    # School.
    answer("is_in_school", Person, "Goes to nursery, school, a vocational school or university"),
    answer("is_pupil", Person, "Goes to nursery or general school"),
    answer("is_higher_student", Person, "Goes to a vocational school, college or university"),
    answer("is_at_public_school", Person, "The school is public"),
    answer("is_boarding_pupil", Person, "Boards at the school", NO),
    answer("has_lower_secondary", Person, "Has the lower secondary certificate"),
    answer("has_upper_secondary", Person, "Has an upper secondary or vocational certificate"),
    answer("was_trained_on_the_job", Person, "An employer trained and certified them on the job", NO),
    # Work and health.
    answer("is_jobless", Person, "Could and would work, but has no work"),
    answer("is_malnourished", Person, "Is malnourished in height or weight for the age"),
    answer("is_insured", Person, "Has health insurance"),
    # What they receive, and who cares for them.
    answer("has_pension", Person, "Receives a pension or monthly social insurance"),
    answer("receives_assistance", Person, "Receives monthly social assistance"),
    answer("receives_social_pension", Person, "Receives the social pension", NO),
    answer("has_no_parental_care", Person, "Is a child whom no parent can bring up", NO),
    answer("has_no_carer", Person, "Has nobody who must and can look after them"),
    answer("is_cared_for_in_community", Person, "Was taken in by somebody in the community", NO),
    answer("has_hiv", Person, "Lives with HIV", NO),
    answer("brings_up_children_alone", Person, "Brings up children alone", NO),
    *quantity("single_parent_children", Person, "Children under age whom they bring up alone", 20),
    # What they need now. Where nothing is said, nothing of the kind happened.
    answer("is_accused", Person, "Is accused in a criminal case", NO),
    answer("suffered_domestic_violence", Person, "Suffered domestic violence", NO),
    answer("has_legal_matter", Person, "Has a legal matter"),
    answer("wants_training", Person, "Wants to learn a trade"),
    answer("wants_work_abroad", Person, "Wants to work abroad under a contract"),
    answer("training_entitled_to_meals", Person, "Belongs to those who get meals and travel, as the school said", NO),
    *quantity("training_fee", Person, "Fee of the course, in đồng"),
    *quantity("training_days", Person, "Days of the course", 1_000),
    *quantity("training_distance", Person, "Kilometres from home to the course", 2_000),
    *quantity("language_fee", Person, "Fee of the language course, in đồng"),
    answer("went_to_doctor", Person, "Went to the doctor", NO),
    *quantity("visit_cost", Person, "Cost of one visit to the doctor, in đồng", UNBOUNDED),
)
