# 公交：线路、站点、怎么走、末班车。第一句要短：一条短信只有70个字
transit-list-join = ；
transit-chain-join = ，
transit-about = 约
transit-after-midnight = 次日{ $time }
transit-yuan = { $amount }元
transit-caution = { $age }资料，出发前请核实。
transit-way = { $origin }→{ $destination }

# $chain: 乘哪路、在哪儿下
transit-headline = { $origin }→{ $destination }：{ $leaves }{ $chain }，{ $arrives }到。
transit-partial-headline = { $origin }→{ $destination }：{ $chain }。
transit-walk-headline = { $origin }→{ $destination }：走过去就行，约{ $minutes }分钟。
transit-take = 乘{ $line }{ $stops }站到{ $to }
transit-take-unknown = 乘{ $line }到{ $to }
transit-change = 换{ $line }{ $stops }站到{ $to }
transit-change-unknown = 换{ $line }到{ $to }
transit-ride = { $leaves } { $at }上{ $line }{ $towards ->
    [none] {""}
   *[other] （开往{ $towards }）
}，{ $stops }站，{ $arrives }到{ $to }
transit-ride-about = 约{ $leaves } { $at }上{ $line }{ $towards ->
    [none] {""}
   *[other] （开往{ $towards }）
}，{ $stops }站，约{ $arrives }到{ $to }
transit-arranged = （须提前电话预约或告知司机）
transit-walk = 步行约{ $minutes }分钟{ $to ->
    [none] {""}
   *[other] 到{ $to }
}
transit-walk-first = 走到上车站约{ $minutes }分钟。
transit-walk-last = 下车后再走约{ $minutes }分钟。
transit-price = 票价{ $amount }元
transit-other = 也可{ $leaves }{ $chain }，{ $arrives }到
transit-also = 也可：{ $ways }
transit-alert = 公告：{ $text }

transit-partial-ride = { $line }：{ $at }→{ $to }
transit-estimate = ，{ $stops }站，估计约{ $minutes }分钟
transit-order-unknown = ，这两站都停，站序和站数不详
transit-first-last = ；首末班{ $spans }
transit-fare = ；票价{ $price }
transit-no-times = 没有发车时刻资料，实时到站请看地图软件。
transit-season-summer = 夏季{ $span }
transit-season-winter = 冬季{ $span }
transit-season-all = { $span }
transit-season-outbound = 去程{ $span }
transit-season-inbound = 回程{ $span }

transit-line-way = { $line }：{ $start }—{ $end }{ $via ->
    [none] {""}
   *[other] ，经{ $via }等
}，已知{ $count }站。
transit-line-via = { $line }：{ $start }{ $via ->
    [none] {""}
   *[other] 、{ $via }等
}，已知{ $count }站。
transit-line-ends = { $line }：{ $ends }，沿途站点不详。
transit-line-bare = { $line }：站点不详。
transit-line-fare = { $line }票价：{ $price ->
    [none] 还没有查到
   *[other] { $price }
}。
transit-line-unknown = 没有查到{ $number }路的资料。
transit-times = { $line }首末班：{ $spans }。
transit-times-unknown = { $line }的首末班时间还没有查到。
transit-direction-times = 开往{ $to }{ $first }–{ $last }
transit-none-today = { $line }那天没有班次。
transit-stops = 开往{ $to }：{ $stops }
transit-unordered = 另外还停（顺序不详）：{ $stops }
transit-and-more = 等，另有{ $count }站
transit-incomplete = 站点可能不全。
transit-serves = { $line }到{ $place }，在{ $stop }站下车。
transit-serves-said = { $line }到{ $place }，下车站名不详。
transit-not-known-to-serve = 资料里{ $line }没有停{ $place }的记录。
transit-lines-at = 到{ $name }的公交：{ $lines }。
transit-get-off = 下车站：{ $stops }
transit-own-lines = { $origin }→{ $destination }：乘{ $lines }{ $count ->
   *[other] {""}
}可到，下车站名不详。
transit-no-lines = 没有查到停{ $name }的公交线路。

transit-last-headline = { $origin }→{ $destination }末班：{ $line } { $leaves }从{ $stop }发车。
transit-last-line = { $line }末班：{ $lasts }。
transit-towards = 开往{ $to }{ $time }
transit-last-spans = { $origin }→{ $destination }乘{ $line }，首末班{ $spans }。
transit-last-unknown = { $origin }→{ $destination }可乘{ $lines }，末班时间还没有查到。
transit-last-of-line = 以上是起点站的发车时间，中途站会有出入。

transit-no-route = 公交资料里没有查到{ $origin }到{ $destination }怎么坐车。
transit-no-journey = { $origin }到{ $destination }那时没有查到可乘的班次。
transit-map-line = 地图路线：{ $url }
transit-ask-from = 去{ $destination }，您从哪里出发？
transit-ask-from-hint = 发送位置，或告诉我一个地名，比如“从{ $place }”。
transit-ask-to = 您要去哪里？
transit-ask-to-hint = 告诉我一个地名，比如“去{ $place }”。
transit-ask-line = 您问的是几路车？
transit-ask-stop = 您问的是哪个站？
transit-choice-bus-line = { $line }站点
transit-choice-last-bus = { $line }末班
transit-choice-journey = 怎么坐车去

transit-days-known = 班次只能查{ $first }至{ $last }的。
error-no-line = 没有这条线路。
error-no-stop = 没有这个站。
error-no-end = 起点或终点不存在，请看“fields”。
field-no-end = 没有这个地点或站。
field-point = 经纬度超出范围。
field-day-range = 只能查{ $first }至{ $last }的班次。
field-whole-point = lat、lon 和 datum 要一起填，或都不填。
field-one-moment = depart_at 和 arrive_by 只能填一个。
