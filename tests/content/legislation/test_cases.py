"""Every worked example of the fact base comes out as a policy officer wrote it down."""

import warnings

import pytest

from content.eligibility import current_rules
from content.legislation.cases import Case, load_cases
from content.topics import Certainty

CASES = load_cases()


@pytest.mark.parametrize("case", CASES, ids=[case.id for case in CASES])
def test_a_worked_example_comes_out_as_written(case: Case) -> None:
    complaints = case.complaints(current_rules())
    if complaints and case.certainty is not Certainty.V:
        warnings.warn(f"a case that is not sure differs: {complaints}", stacklevel=1)
    assert complaints == []
