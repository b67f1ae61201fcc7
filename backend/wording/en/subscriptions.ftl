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
