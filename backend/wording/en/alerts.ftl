# Alerts
error-invalid-cap = This is not a valid CAP 1.2 message: "fields" says what is wrong and where.
error-alert-sender = This token may not speak for the sender of the message.
error-alert-of-another = The message is about an alert that another system brought in.
error-alert-not-public = Only messages of scope Public are taken in.
error-alert-without-info = An alert or an update needs at least one info part.
error-alert-identifier-taken = The sender has already given this identifier to another message.
error-client-unauthorized = The token is wrong or switched off: get a new one with the command client-token.
error-client-scope = The token may not do this: it lacks the scope.
alerts-until = In force until { $until }.
alerts-foreign = (in another language only) { $headline }
alerts-area-unknown = area not stated
alerts-top = ALERT: { $headline }, until { $until }
alerts-top-more = ALERT: { $headline }, until { $until } (and { $count } more)
