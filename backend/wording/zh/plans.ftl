# 行程安排。第一句要短：一条短信只有70个字
plans-headline = { $day }{ $where }{ $length }：{ $way }（约{ $hours }小时）
plans-and-more = { $names }等{ $count }处
plans-length-day = 一日
plans-length-half = 半日
plans-length-short = 行程
plans-length-morning = 上午
plans-length-afternoon = 下午
plans-length-evening = 晚上

plans-stop = { $begin }-{ $end } { $name }：{ $detail }
plans-detail-join = ，
plans-meal = { $begin }-{ $end } { $meal ->
    [lunch] 吃午饭
   *[dinner] 吃晚饭
}
plans-ticket = 门票{ $yuan }元
plans-ticket-free = 免费
plans-ticket-text = 门票{ $text }
plans-ticket-unknown = 票价未核实
plans-hours-unknown = 开放时间未核实
plans-leg-walk = 步行约{ $minutes }分钟到
plans-leg-ride = 坐车{ $minutes }分钟左右到
plans-cost = 门票合计每人约{ $yuan }元。
plans-cost-free = 都不用门票。
plans-cost-some = 已知门票合计每人约{ $yuan }元，另有{ $count }处票价未核实。
plans-cost-free-some = 已知的都免费，另有{ $count }处票价未核实。
plans-cost-unknown = 门票价格都未核实，没有合计。
plans-estimate = 路程和停留时间是估算的，没有算堵车和排队。
plans-as-of = 资料时间：{ $date }
plans-ages = { $oldest }至{ $newest }
plans-caution = 有的开放时间或票价未核实，出发前请再确认。
plans-same = 行程本来就是这样，不用改。
plans-like-missing = 没能排进：{ $what }。
plans-too-late = 当天来不及了，排在了后一天。
plans-budget-unsure = 票价未核实的地方没有算进预算。
plans-change-hint = 想改就直接说，比如“不要爬山”“换成下午”“去掉第二站”。

plans-left-out-closed = { $name }那天不开放，没有排进去。
plans-left-out-no-position = { $name }的位置还没有核实，没有排进去。
plans-left-out-no-time = { $name }的时间排不开，没有排进去。
plans-left-out-too-dear = { $name }的门票超出预算，没有排进去。

plans-ask = 想去哪个区、玩多久？我来排行程。
plans-ask-hint = 比如“带孩子在海边玩一天”“山里走半天”。
plans-unclear = 没听明白要改哪里，行程先不动。
plans-nothing = 按这些要求排不出行程，放宽一点再试试？
plans-late = 当天剩下的时间不够排行程了。
plans-kept = 刚才的行程还留着。

plans-map-title = { $day }路线图
plans-map-line = { $number }. { $begin } { $name }
plans-map-note = 连线只表示先后，不是实际走的路。
plans-map-alt = 路线图，依次是{ $names }
plans-card-time = 安排：{ $begin }-{ $end }
plans-why = 理由：{ $reasons }
plans-because-asked = 您点名要去
plans-because-like = 您想要{ $what }
plans-because-suits = 适合同行的人：{ $what }
plans-because-evening = 适合晚上：{ $what }
plans-because-free = 免费
plans-because-near = 离上一站近
plans-because-open = 那时可以去

plans-choice-another = 换一批
plans-choice-afternoon = 换成下午
plans-choice-day = 换成一整天
plans-choice-no-hiking = 不要爬山
plans-choice-cheaper = 便宜些
plans-choice-start-day = 排一整天
plans-choice-start-morning = 排一个上午
plans-choice-start-afternoon = 排一个下午
