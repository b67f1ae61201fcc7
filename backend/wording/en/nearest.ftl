# What is near and open. $when: now, or a time
nearest-now = now
nearest-at = at { $time }
nearest-on = { $date } at { $time }
nearest-open = Open { $when } near { $where }: { $name }, { $distance }.
nearest-maybe = None near { $where } is known to be open { $when }. Nearest, hours not confirmed: { $name }, { $distance }.
nearest-none-open = Nothing near { $where } is open { $when }. The nearest ones:
nearest-until = open until { $time }
nearest-opens = opens { $time }
nearest-is-open = open all day
nearest-is-unknown = hours not confirmed
nearest-is-closed = closed
