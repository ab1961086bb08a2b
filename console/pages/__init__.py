"""The pages of the console, a module per noun. Each registers its pages and actions; `docs/console.md` says how."""
