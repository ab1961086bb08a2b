"""The Zalo Bot Platform: text, pictures and voice, no buttons. https://docs.zaloplatforms.com/docs/BOT"""
