"""rasa-sdk actions: thin translators between the bot's slots and the services. The SDK imports this package: nothing
happens at import.
"""

from actions.answering import ACTIONS

__all__ = ["ACTIONS"]
