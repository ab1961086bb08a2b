"""The pages with which staff sign in: server-rendered, without script."""
