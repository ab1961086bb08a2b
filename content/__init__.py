"""What we know: dated policy statements, legislation as data, legal documents, offices and translations."""
