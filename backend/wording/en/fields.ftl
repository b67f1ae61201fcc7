# What is wrong with a field of a request to the API
field-missing = This is required.
field-unknown = There is no field of this name.
field-number = This is not a number.
field-at-least = At least { $bound }.
field-at-most = At most { $bound }.
field-more-than = More than { $bound }.
field-less-than = Less than { $bound }.
field-long = At most { $bound } characters.
field-short = This is too short.
field-choice = One of: { $values }.
field-time = An ISO 8601 time with its offset, such as 2026-11-23T20:00:00+08:00 (write + as %2B).
field-time-range = The time is too far from today.
field-pattern = This is not of the form the documentation describes.
field-cursor = This is no cursor of this list: take "next_cursor" of an earlier answer and leave the other parameters as they were.
field-one-time = Give either open or open_at.
field-id = Ids look like "category:park"; several are parted by commas.
error-no-place = There is no such place, or no longer.
