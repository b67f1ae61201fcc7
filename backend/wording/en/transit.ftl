# Buses: lines, stops, ways, the last bus. The first sentence is short: one text message holds 160 characters
transit-list-join = {"; "}
transit-chain-join = {", "}
transit-about = {"about "}
transit-after-midnight = { $time } (after midnight)
transit-yuan = { $amount } yuan
transit-caution = Data of { $age }: please check before you go.
transit-way = { $origin } to { $destination }

# $chain: which lines, and where to get off
transit-headline = { $origin } to { $destination }: at { $leaves } { $chain }; you arrive at { $arrives }.
transit-partial-headline = { $origin } to { $destination }: { $chain }.
transit-walk-headline = { $origin } to { $destination }: just walk, about { $minutes } min.
transit-take = take { $line } { $stops } { $stops ->
    [one] stop
   *[other] stops
} to { $to }
transit-take-unknown = take { $line } to { $to }
transit-change = change to { $line } { $stops } { $stops ->
    [one] stop
   *[other] stops
} to { $to }
transit-change-unknown = change to { $line } to { $to }
transit-ride = { $leaves } { $line }{ $towards ->
    [none] {""}
   *[other] {" "}towards { $towards }
} from { $at }, { $stops } { $stops ->
    [one] stop
   *[other] stops
}, { $arrives } at { $to }
transit-ride-about = About { $leaves } { $line }{ $towards ->
    [none] {""}
   *[other] {" "}towards { $towards }
} from { $at }, { $stops } { $stops ->
    [one] stop
   *[other] stops
}, about { $arrives } at { $to }
transit-arranged = {" "}(call ahead or tell the driver)
transit-walk = Walk about { $minutes } min{ $to ->
    [none] {""}
   *[other] {" "}to { $to }
}
transit-walk-first = It is about { $minutes } min on foot to the first stop.
transit-walk-last = From the last stop walk about { $minutes } min.
transit-price = Fare: { $amount } yuan
transit-other = Or at { $leaves } { $chain }, arriving at { $arrives }
transit-also = Or: { $ways }
transit-alert = Notice: { $text }

transit-partial-ride = { $line }: { $at } to { $to }
transit-estimate = , { $stops } { $stops ->
    [one] stop
   *[other] stops
}, an estimated { $minutes } min
transit-order-unknown = , serves both, the order and number of stops is not known
transit-first-last = ; first and last bus { $spans }
transit-fare = ; fare { $price }
transit-no-times = We have no departure times; a map app shows the next bus.
transit-season-summer = summer { $span }
transit-season-winter = winter { $span }
transit-season-all = { $span }
transit-season-outbound = outbound { $span }
transit-season-inbound = inbound { $span }

transit-line-way = { $line }: { $start } – { $end }{ $via ->
    [none] {""}
   *[other] {" "}via { $via }
}; { $count } stops known.
transit-line-via = { $line }: { $start }{ $via ->
    [none] {""}
   *[other] , { $via }
}; { $count } stops known.
transit-line-ends = { $line }: { $ends }; the stops between are not known.
transit-line-bare = { $line }: its stops are not known.
transit-line-fare = { $line } fare: { $price ->
    [none] not known
   *[other] { $price }
}.
transit-line-unknown = We have nothing on bus { $number }.
transit-times = { $line } first and last bus: { $spans }.
transit-times-unknown = The first and last bus of { $line } are not known.
transit-direction-times = towards { $to } { $first }–{ $last }
transit-none-today = { $line } does not run that day.
transit-stops = Towards { $to }: { $stops }
transit-unordered = Also serves (order not known): { $stops }
transit-and-more = {" "}and { $count } more
transit-incomplete = The list of stops may be incomplete.
transit-serves = { $line } goes to { $place }: get off at { $stop }.
transit-serves-said = { $line } goes to { $place }; the name of the stop is not known.
transit-not-known-to-serve = We have no record of { $line } stopping at { $place }.
transit-lines-at = Buses to { $name }: { $lines }.
transit-get-off = Get off at: { $stops }
transit-own-lines = { $origin } to { $destination }: { $lines } { $count ->
    [one] goes
   *[other] go
} there; the name of the stop is not known.
transit-no-lines = We know of no bus line to { $name }.

transit-last-headline = { $origin } to { $destination }, last bus: { $line } at { $leaves } from { $stop }.
transit-last-line = { $line } last bus: { $lasts }.
transit-towards = towards { $to } { $time }
transit-last-spans = { $origin } to { $destination }: { $line }, first and last bus { $spans }.
transit-last-unknown = { $origin } to { $destination }: { $lines }; the time of the last bus is not known.
transit-last-of-line = These are departures from the terminals; stops on the way differ.

transit-no-route = We do not know how to go by bus from { $origin } to { $destination }.
transit-no-journey = No bus journey from { $origin } to { $destination } was found for that time.
transit-map-line = Map: { $url }
transit-ask-from = To { $destination }: where do you start from?
transit-ask-from-hint = Share your location, or name a place, e.g. "from { $place }".
transit-ask-to = Where do you want to go?
transit-ask-to-hint = Name a place, e.g. "to { $place }".
transit-ask-line = Which bus line do you mean?
transit-ask-stop = Which stop do you mean?
transit-choice-bus-line = { $line }: stops
transit-choice-last-bus = { $line }: last bus
transit-choice-journey = How to get there by bus

transit-days-known = We can look up buses from { $first } to { $last } only.
error-no-line = There is no such line.
error-no-stop = There is no such stop.
error-no-end = The start or the end does not exist; see “fields”.
field-no-end = There is no such place or stop.
field-point = The latitude or longitude is out of range.
field-day-range = Buses can be looked up from { $first } to { $last } only.
field-whole-point = Give lat, lon and datum together, or none of them.
field-one-moment = Give depart_at or arrive_by, not both.
