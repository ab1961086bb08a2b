"""What we remember: SQLAlchemy models by noun, queries by noun, Alembic migrations."""
