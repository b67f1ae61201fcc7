# The API's own words
api-title = City concierge of { $city }
api-description = Open a session, send messages, read replies. Every place carries its datum; never mix datums.
error-unauthorized = The session is missing or has ended: open a new one with POST /api/v1/sessions.
error-invalid-body = Something in the request is wrong: see "fields" and the documentation at /api/docs.
error-too-long = The message is too long: send it in parts.
error-bad-id = The message has no usable id.
error-not-found = There is nothing at this address.
error-method-not-allowed = This address does not take that kind of request.
error-busy = Too many requests: please wait a minute and try again.
error-unavailable = We cannot take the message just now: please send it again in a few seconds.
error-unexpected = Something went wrong on our side. Please try again.
error-other = The request could not be carried out.
page-error = Sorry, this page cannot be shown (error { $status }).
