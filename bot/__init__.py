"""How we talk: channels, inbox, conversation, actions, rendering, delivery."""
