# Bookings in talk. The first line has to be short: an SMS segment holds 160 characters, numbered choices among them
booktalk-ask-what = What would you like to book?
booktalk-ask-what-hint = Say, for example, "two tickets for { $example } tomorrow morning".
booktalk-ask-which = Which one would you like to book?
booktalk-ask-size = { $what }, { $when }: for how many people?
booktalk-ask-day-size = { $what }: on which day, and for how many people?
booktalk-ask-slot = { $what }, { $day }{ $party }{ $price }. Which time?
booktalk-ask-slot-days = { $what }{ $party }{ $price }. Which time?
booktalk-ask-yes = { $what }, { $when }{ $party }{ $price }. Held until { $until }: reply YES to book
booktalk-ask-yes-move = Change { $code } to { $what }, { $when }{ $party }{ $price }? Reply YES
booktalk-ask-guests = { $what }, { $when }{ $party }{ $price }. Held till { $until }: send { $count ->
    [one] name
   *[other] { $count } names
} with ID/passport numbers
booktalk-guests-missing = { $size ->
    [one] The name and document number, please
   *[other] All { $size } names with document numbers in one message, please
}: "Ann Lee E12345678, Bo Lee E87654321".
booktalk-booked = Booked: { $what }, { $when }{ $party }{ $price }. Your code: { $code }
booktalk-moved = Changed: { $what }, { $when }{ $party }{ $price }. Your code: { $code }
booktalk-unchanged = { $code } is now: { $what }, { $when }{ $party }.
booktalk-waiting = On the waiting list: { $what }, { $when }{ $party }, { $before ->
    [0] first in line
   *[other] { $before } before you
}. We tell you at once when there is room
booktalk-full-others = { $what }, { $when } is full. Another time, or the waiting list?
booktalk-none-others = { $what }: nothing at { $when }. The nearest:
booktalk-none = { $what }: nothing to book { $when }.
booktalk-dropped = All right, nothing booked.
booktalk-dropped-held = All right, nothing booked; the places are free again.
booktalk-cannot = { $what } cannot be booked here yet.
booktalk-cannot-what = That cannot be booked here yet.
booktalk-cannot-visit = Home services cannot be booked here yet. Please call { $service }; they send somebody.
booktalk-call-them = You can ask by phone: { $phone }
booktalk-nobody = Nothing can be booked here. Please try again in the chat.
booktalk-choice-wait = Waiting list
booktalk-choice-yes = Yes, book
booktalk-choice-change = Yes, change
booktalk-choice-no = No
booktalk-choice-cancel = Cancel { $code }
booktalk-choice-keep = Keep it
booktalk-slot-day = { $day } { $time }
booktalk-slot-at = { $time } { $what }
booktalk-party = , { $count } { $unit ->
    [ticket] { $count ->
        [one] ticket
       *[other] tickets
    }
   *[person] { $count ->
        [one] person
       *[other] people
    }
}
booktalk-party-kinds = , { $kinds }
booktalk-kind-adults = { $count ->
    [one] 1 adult
   *[other] { $count } adults
}
booktalk-kind-children = { $count ->
    [one] 1 child
   *[other] { $count } children
}
booktalk-kind-seniors = { $count ->
    [one] 1 senior
   *[other] { $count } seniors
}
booktalk-price = , CNY { $yuan }
booktalk-price-venue = , CNY { $yuan } at the venue
booktalk-price-free = , free
booktalk-bring = Please bring: { $what }
booktalk-bring-id = Please bring the original documents.
booktalk-how-cancel = Not coming? Reply "cancel { $code }".
booktalk-how-change = To change it just say so: "move it to Friday", "three people".

booktalk-mine = You have { $count } bookings:
booktalk-mine-one = { $what }, { $when }{ $party }. Code { $code }{ $state }
booktalk-mine-line = { $number }. { $when } { $what } { $code }{ $state }
booktalk-mine-none = You have no bookings now.
booktalk-mine-none-hint = To book, say for example "two tickets for { $example } tomorrow morning".
booktalk-state-held = { " " }(not confirmed yet)
booktalk-state-waiting = { " " }(waiting list)
booktalk-which-cancel = Which one shall we cancel?
booktalk-which-change = Which one shall we change?
booktalk-ask-cancel = Cancel { $what }, { $when } ({ $code })? Reply YES to cancel
booktalk-cancelled = Cancelled: { $what }, { $when } ({ $code }).
booktalk-kept = All right, nothing was cancelled.
booktalk-ask-change = { $code } ({ $what }, { $when }{ $party }): to which time, or for how many?
booktalk-still = Your booking is still open: { $ask }

booktalk-refused-full = That time has just filled up.
booktalk-refused-closed = That time is closed. Please pick another.
booktalk-refused-too-late = It is too late to book that time. Please pick another.
booktalk-refused-too-early = That cannot be booked yet.
booktalk-refused-too-many = At most { $most } people can be booked at once. How many are you?
booktalk-refused-too-many-unknown = That is more people than can be booked at once.
booktalk-refused-unknown-code = That booking code was not found. Please check it.
booktalk-refused-other = That did not work. Please call { $service }.
booktalk-several = These are free
booktalk-refused-paused = That cannot be booked at present.
booktalk-refused-too-late-to-change = It is too late to cancel or change it.
booktalk-refused-nobody = How many people, please?
booktalk-refused-ended = That booking is over and cannot be changed.
booktalk-refused-lapsed = The places are no longer held. Please say again what to book.
booktalk-refused-not-full = There is room at that time: you can book it.
booktalk-refused-document-invalid = Document number { $position } is not right. Please check and send all in one message.
booktalk-left = All right, you are off the waiting list.
booktalk-state-offered = { " " }(there is room: please confirm)
booktalk-wait-line = { $number }. Waiting list: { $when } { $what }, { $before } before you
booktalk-mine-one-waiting = On the waiting list: { $what }, { $when }, { $before } before you
booktalk-ask-cancel-all = Cancel all { $count } bookings? Reply YES to cancel
booktalk-cancelled-all = All { $count } bookings are cancelled.
booktalk-choice-cancel-all = Cancel all
booktalk-refused-papers-named = Those places are in people's names: please cancel and book again.
booktalk-mine-choice = { $when } { $what }
booktalk-still-what = what would you like to book?
booktalk-still-open = for how many, on which day?
booktalk-still-slot = which time?
booktalk-still-guests = please send names and document numbers.
booktalk-still-yes = reply YES to book.
booktalk-still-cancel = shall we cancel it?
booktalk-still-change = to which time, or for how many?
booktalk-still-which = which one?
booktalk-not-opted-out = You still get our messages; to end them reply STOP.
