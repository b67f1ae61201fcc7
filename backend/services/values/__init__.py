"""Values said in a message – times, people, money, phones, codes, corrections – read without a model, and said back.

All functions are pure and never raise; they read the first 500 characters of a text.
"""

from backend.services.values.contacts import CODE_ALPHABET, find_codes, find_phones
from backend.services.values.corrections import corrected
from backend.services.values.dates import TimeMention, find_times
from backend.services.values.money import Money, find_money
from backend.services.values.party import Party, find_party
from backend.services.values.saying import say_date, say_time

__all__ = [
    "CODE_ALPHABET",
    "Money",
    "Party",
    "TimeMention",
    "corrected",
    "find_codes",
    "find_money",
    "find_party",
    "find_phones",
    "find_times",
    "say_date",
    "say_time",
]
