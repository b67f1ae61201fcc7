# What people are told because they asked for it
subscriptions-passed = { $text }
subscriptions-over = over: { $text }
subscriptions-reopened = { $name } is open again.
subscriptions-closed = { $name } is closed { $end ->
    [same] { $begin ->
        [today] today
       *[other] on { $begin }
    }
    [open] { $begin ->
        [today] until further notice
       *[other] from { $begin } until further notice
    }
   *[other] { $begin ->
        [today] until { $end }
       *[other] from { $begin } to { $end }
    }
}{ $reason ->
    [none] .
   *[other] : { $reason }
}
subscriptions-topic-alerts = warnings
subscriptions-topic-wind = strong wind
subscriptions-topic-sea = rough sea and bathing water
subscriptions-topic-beach-flag = red flags on the beaches
subscriptions-topic-air-quality = bad air
subscriptions-topic-closure = closures
subscriptions-topic-bus-line = disruptions of a bus line
