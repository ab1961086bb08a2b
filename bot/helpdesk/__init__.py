"""The help desk: where people answer what the bot cannot, on the same chats and through the same ledger."""
