"""The guided check "may my household get this?": a Rasa form whose questions the rules choose."""
