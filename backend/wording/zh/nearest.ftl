# 离您最近、而且开着的地方。$when：现在，或某个时间
nearest-now = 现在
nearest-at = { $time }
nearest-on = { $date }{ $time }
nearest-open = { $where }附近{ $when }开着的，最近是{ $name }，{ $distance }。
nearest-maybe = { $where }附近没有查到{ $when }确定开着的；最近的是{ $name }，{ $distance }，开放时间没有核实。
nearest-none-open = { $where }附近没有{ $when }开着的。最近的几处：
nearest-until = 开到{ $time }
nearest-opens = { $time }开
nearest-is-open = 全天开放
nearest-is-unknown = 开放时间未核实
nearest-is-closed = 不开放
