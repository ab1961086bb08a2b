"""Parts of the Rasa project that need no Rasa can be imported by tests here."""

import sys

from server.training import NLU

sys.path.insert(0, str(NLU))
