# Plans for a day. The first line has to be short: one text message holds 160 characters
plans-headline = { $where }, { $day }, { $length }: { $way } (about { $hours } h)
plans-and-more = { $names } and more ({ $count } stops)
plans-length-day = whole day
plans-length-half = half day
plans-length-short = short plan
plans-length-morning = morning
plans-length-afternoon = afternoon
plans-length-evening = evening

plans-stop = { $begin }-{ $end } { $name }: { $detail }
plans-detail-join = {", "}
plans-meal = { $begin }-{ $end } { $meal ->
    [lunch] lunch
   *[dinner] dinner
}
plans-ticket = ticket { $yuan } yuan
plans-ticket-free = free
plans-ticket-text = ticket: { $text }
plans-ticket-unknown = ticket price not confirmed
plans-hours-unknown = opening hours not confirmed
plans-leg-walk = about { $minutes } min on foot
plans-leg-ride = about { $minutes } min by bus or taxi
plans-cost = Tickets come to about { $yuan } yuan each.
plans-cost-free = No tickets needed.
plans-cost-some = Known tickets come to about { $yuan } yuan each; { $count ->
    [one] one price is
   *[other] { $count } prices are
} not confirmed.
plans-cost-free-some = What is known is free; { $count ->
    [one] one price is
   *[other] { $count } prices are
} not confirmed.
plans-cost-unknown = Ticket prices are not confirmed, so there is no total.
plans-estimate = Travel and visiting times are estimates, without traffic and queues.
plans-as-of = Facts from: { $date }
plans-ages = { $oldest } to { $newest }
plans-caution = Some hours or prices are not confirmed: please check before you go.
plans-same = The plan was like that already.
plans-like-missing = No room was found for: { $what }.
plans-too-late = It is too late for that day, so this is for the next one.
plans-budget-unsure = Places whose price is not confirmed are not counted in the budget.
plans-change-hint = To change it, just say so: "no hiking", "make it the afternoon", "drop the second stop".

plans-left-out-closed = { $name } is closed then, so it is left out.
plans-left-out-no-position = The position of { $name } is not confirmed, so it is left out.
plans-left-out-no-time = There is no time for { $name }, so it is left out.
plans-left-out-too-dear = The ticket for { $name } is above the budget, so it is left out.

plans-ask = Which part of the city, and how long? I will make a plan.
plans-ask-hint = For example "a day by the sea with kids" or "half a day in the hills".
plans-unclear = I did not catch what to change, so the plan stays as it is.
plans-nothing = Nothing fits all of that. Shall we ask for a little less?
plans-late = There is not enough time left that day for a plan.
plans-kept = The plan from before still stands.

plans-map-title = Map for { $day }
plans-map-line = { $number }. { $begin } { $name }
plans-map-note = The line shows the order of the stops, not the road.
plans-map-alt = Map of the stops in order: { $names }
plans-card-time = Planned: { $begin }-{ $end }
plans-why = Why: { $reasons }
plans-because-asked = you asked for it
plans-because-like = you wanted { $what }
plans-because-suits = suits who comes along: { $what }
plans-because-evening = good in the evening: { $what }
plans-because-free = free
plans-because-near = close to the stop before
plans-because-open = can be visited at that time

plans-choice-another = Another plan
plans-choice-afternoon = Make it the afternoon
plans-choice-day = Make it a whole day
plans-choice-no-hiking = No hiking
plans-choice-cheaper = Cheaper
plans-choice-start-day = Plan a whole day
plans-choice-start-morning = Plan a morning
plans-choice-start-afternoon = Plan an afternoon
