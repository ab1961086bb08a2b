"""SQLAlchemy models, a file per noun. Importing this package registers all tables on `Base.metadata`."""

from store.models.base import Base
from store.models.conversation import Conversation
from store.models.course import Course, CourseInterest, TradeInterest
from store.models.delivery import Delivery
from store.models.incoming import Incoming
from store.models.kept_answers import KeptAnswers
from store.models.open_question import AnswerRating, OpenQuestion
from store.models.receipt import Receipt

__all__ = [
    "AnswerRating",
    "Base",
    "Conversation",
    "Course",
    "CourseInterest",
    "Delivery",
    "Incoming",
    "KeptAnswers",
    "OpenQuestion",
    "Receipt",
    "TradeInterest",
]
