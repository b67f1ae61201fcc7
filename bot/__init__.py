"""The bot: understands and decides. No facts, no database; it runs in an environment of its own (Python 3.10, Rasa
3.6).
"""
