# Bookings: why not, for the API and the staff's pages
booking-refused-full = This time is full. You can join its waiting list.
booking-refused-closed = This time is closed: please choose another.
booking-refused-paused = This cannot be booked at present.
booking-refused-too-late = Bookings for this time have ended.
booking-refused-too-early = Bookings for this time have not opened yet.
booking-refused-too-many = One person may book at most { $most } places.
booking-refused-nobody = Please say how many people come.
booking-refused-not-full = There are places left at this time: book them.
booking-refused-unknown-slot = There is no such time to book.
booking-refused-unknown-code = There is no booking with this code: please check it.
booking-refused-lapsed = The places were held only for a while and are free again: please book anew.
booking-refused-ended = This booking has ended and cannot be changed.
booking-refused-too-late-to-change = It is too late to cancel or move this booking.
booking-refused-guests-missing = Please give names and documents of all { $size } people.
booking-refused-name-missing = The name of person { $position } is missing.
booking-refused-document-missing = Person { $position } has no document, or one of a kind that is not accepted.
booking-refused-document-invalid = The document number of person { $position } is not valid: please check it.
booking-refused-not-confirmed = This booking is not valid: do not let it in.
booking-refused-arrived-already = This code has been used already.
booking-refused-wrong-day = This booking is for another day.
error-idempotency-key-reused = This Idempotency-Key was used for another request: choose a new one.
error-in-flight = The same request is being worked on: try again shortly.
# Staff: the bookings of a day, and the door
bookings-heading = Bookings of a day
bookings-check-in = Check in
bookings-day = Day
bookings-show = Show
bookings-none = There are no bookings on this day.
bookings-when = Time
bookings-what = What
bookings-code = Code
bookings-size = People
bookings-guests = Names
bookings-state = State
bookings-state-confirmed = expected
bookings-state-arrived = arrived
bookings-state-done = done
bookings-state-missed = did not come
bookings-let-in-button = Let in
bookings-camera = Scan with the camera
bookings-let-in = { $code } may come in: { $size ->
    [one] 1 person
   *[other] { $size } people
}.
bookings-nav = Bookings
bookings-find = Name, code or what is booked
bookings-day-before = Day before
bookings-today = Today
bookings-day-after = Day after
bookings-none-found = Nothing of this day fits.
bookings-cut = Only the first { $most } bookings of this day are shown.
bookings-sum = { $bookings ->
    [one] 1 booking
   *[other] { $bookings } bookings
}, { $people ->
    [one] 1 person
   *[other] { $people } people
}, { $arrived } arrived
bookings-slot = Time slot { $number }
bookings-code-help = As on the guest’s phone; capitals and blanks do not matter.
bookings-used = Used already, at { $time }: do not let in again.
bookings-not-valid = Not valid ({ $state }): do not let in.
bookings-other-day = Not for now, but for { $time }.
bookings-state-held = not confirmed yet
bookings-state-lapsed = lapsed
bookings-state-cancelled = cancelled
bookings-state-closed = closed by the venue
# Staff: times are closed
closure-heading = Close times
closure-this = Close this time
closure-intro = Nobody can book a closed time any more. Everybody who booked it or waits for it is told at once, in their language. It cannot be undone.
closure-bookable = What
closure-first = From (local time)
closure-last = Until (local time)
closure-last-help = Every time that begins within is closed.
closure-reason-zh = Reason in Chinese
closure-reason-en = Reason in English
closure-reason-help = Shown to whoever looks for this time.
closure-look = See who is concerned
closure-look-heading = Please look once more
closure-sum = { $slots ->
    [one] One time
   *[other] { $slots } times
} will be closed; { $bookings ->
    [0] nobody is booked.
    [one] one booking ({ $people } people) ends and its guest is told.
   *[other] { $bookings } bookings ({ $people } people) end and their guests are told.
}
closure-waiting = { $count ->
    [one] One entry
   *[other] { $count } entries
} on the waiting lists will be struck off and told.
closure-more = Something has changed since: please look at it as it is now.
closure-none = No open time begins within this range.
closure-order = The end must come after the beginning.
closure-too-far = Times exist until { $day } only: choose an earlier end.
closure-col-time = Time
closure-col-bookings = Bookings
closure-col-people = People
closure-col-waiting = Waiting
closure-confirm = Close and tell them
closure-done = { $slots ->
    [one] One time is closed
   *[other] { $slots } times are closed
}; { $told ->
    [0] nobody was booked.
    [one] one booking ended and its guest is being told.
   *[other] { $told } bookings ended and their guests are being told.
}
console-action-slot_closed = closed a time
closure-times = The times
