"""Prometheus figures of the conversation and of sending. Labels are closed lists; nothing personal is in them."""

from prometheus_client import Counter, Gauge, Histogram

_SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)

MESSAGES_RECEIVED = Counter("chungtay_messages_received_total", "Messages stored", ["channel", "delivery"])
CHANNEL_EVENTS = Counter(
    "chungtay_channel_events_total", "Events of providers, arriving and read", ["channel", "outcome"]
)
MESSAGES_ANSWERED = Counter("chungtay_messages_answered_total", "Messages answered", ["channel", "outcome"])
ANSWER_SECONDS = Histogram(
    "chungtay_answer_seconds", "From storing a message to queueing its answer", ["channel"], buckets=_SECONDS
)
RASA_SECONDS = Histogram("chungtay_rasa_seconds", "Time of one call to Rasa", ["outcome"], buckets=_SECONDS)
RASA_UP = Gauge("chungtay_rasa_up", "1 when the Rasa process answers", ["address"])
RASA_RESTARTS = Counter("chungtay_rasa_restarts_total", "Times a Rasa process had to be started again", ["address"])
RASA_MEMORY = Gauge("chungtay_rasa_memory_bytes", "Resident memory of the Rasa process", ["address"])
ACTION_SECONDS = Histogram("chungtay_action_seconds", "Time of one action", ["action"], buckets=_SECONDS)
DELIVERIES_SETTLED = Counter("chungtay_deliveries_settled_total", "Ledger rows settled", ["channel", "state"])
CONVERSATIONS_WAITING = Gauge("chungtay_conversations_waiting", "Conversations with an unanswered message")
MESSAGES_WAITING = Gauge("chungtay_messages_waiting", "Messages without an answer")
ZALO_EVENTS_REFUSED = Counter("chungtay_zalo_events_refused_total", "Events with a wrong signature", ["taken"])
ZALO_NEEDS_CONSENT = Gauge("chungtay_zalo_needs_consent", "1 when only a person can renew the tokens", ["account"])
ZALO_TOKEN_AGE = Gauge("chungtay_zalo_token_age_seconds", "Since the refresh token was issued", ["account"])
ZALO_LAST_EVENT_AGE = Gauge("chungtay_zalo_last_event_age_seconds", "Since Zalo delivered an event", ["account"])
