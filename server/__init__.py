"""The process: settings, command line, web application, roles, supervision of Rasa and PostgreSQL."""
