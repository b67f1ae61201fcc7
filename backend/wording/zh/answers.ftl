# 回答里的话。每条都要短：一条短信只有70个字
list-join = 、
example-join = ；
date-unknown = 日期不详
day-today = 今天
day-tomorrow = 明天
word-closed = 暂不开放
word-hospitals = 医院
word-sights = 景点
word-your-location = 您的位置

caution-low = 信息未经核实（{ $date }），出发前请再确认。
caution-list = 部分信息未经核实，出发前请再确认。
caution-short = 未核实，请先确认。
confidence-high = 可信度：高（官方或多方核对）
confidence-medium = 可信度：中（单一来源）
confidence-low = 可信度：低（较旧或间接），请先核实
ask-service-line = 可拨{ $service }咨询。

label-hours = 开放：{ $text }
label-price = 门票：{ $text }
label-address = 地址：{ $text }
label-phone = 电话：{ $text }
label-buses = 公交：{ $lines }路
label-source = 来源：{ $text }
distance-metres = 约{ $metres }米
distance-kilometres = 约{ $kilometres }公里
straight-line = 以上为直线距离。

open-until = 现在开放，到{ $time }。
open-always = 现在开放。
closed-now = 现在未开放。
closed-until = 现在未开放，{ $day }{ $time }开。
closed-by-staff = { $until ->
    [none] 今天不开放
   *[other] 即日起到{ $until }不开放
}{ $reason ->
    [none] 。
   *[other] ：{ $reason }。
}
out-of-service = 目前停止开放。

details-headline = { $name }{ $rating ->
    [none] {""}
   *[other] （{ $rating }）
}
hours-headline = { $name }开放时间：{ $hours }
hours-unknown = { $name }的开放时间还没有核实。
price-headline = { $name }门票：{ $price }
price-unknown = { $name }的票价还没有核实。
address-headline = { $name }在{ $address }
address-unknown = { $name }的地址还没有核实。
phone-headline = { $name }电话：{ $phone }
phone-unknown = { $name }的电话还没有核实。
rating-a = { $count }A级
rating-headline = { $name }：{ $rating }
rating-unknown = { $name }没有查到等级。
source-checked = { $name }的信息由工作人员核对，日期{ $date }。
source-unchecked = { $name }的信息来自公开资料（{ $date }），还没有人工核对。

ask-place = 您问的是哪个地方？请告诉我名字。
ask-which = 同名的有几处，您问的是哪一处？
unknown-place = 我这里没有查到“{ $name }”。
unknown-place-or = 您问的是{ $name }吗？
# $typed: 客人打的名字，$headline: 对最接近的地点的回答
guessed-name = 没查到“{ $typed }”，最接近的是：{ $headline }
ask-where = 您在哪儿附近？
ask-where-hint = 发送位置，或告诉我一个地名，比如“{ $place }附近”。

search-headline = { $what }共{ $count }处：
search-elsewhere = 这个区没有查到，{ $city }其他地方有{ $count }处：
search-none = 没有查到{ $what }。
list-line = { $number }. { $name }{ $detail ->
    [none] {""}
   *[other] ：{ $detail }
}
near-headline = { $where }附近，最近的是{ $name }，{ $distance }。
near-none = 附近没有查到已知位置的地方。
more-headline = 第{ $start }到{ $end }处，共{ $count }处：
more-none = 没有更多了。

clinic-headline = { $what }共{ $count }家：
clinic-near-headline = 离{ $where }最近的是{ $name }，{ $distance }。
clinic-none = 没有查到{ $what }。
clinic-no-department = 没有查到写明设{ $department }的医院，去前请先打电话确认。
clinic-emergency = 急病请直接拨打{ $medical }。
clinic-may-be-nearer = 同区这家可能更近，位置未核实：{ $name }
clinic-same-district = 同区还有（位置未核实）：{ $names }
clinic-unplaced = 另有{ $count }家医院位置未核实，没有计入。

hotline-headline = { $name }：{ $number }
hotline-line = { $name }：{ $number }
hotline-list = 常用电话：
hotline-no-number = { $name }没有查到电话，网站：{ $website }


choice-place-hours = 开放时间
choice-place-price = 门票
choice-place-address = 怎么去
choice-place-phone = 电话
choice-find-nearby = 附近
choice-more = 还有呢
choice-all-sights = 有什么好玩的
choice-all-hospitals = 找医院
choice-hotlines = 常用电话

greet = 您好，我是{ $city }城市管家，有什么可以帮您？
help = 景点、海滩、医院、热线电话，我都可以帮您查；也可以发送位置，问附近有什么。
help-examples = 比如：{ $questions }。
thanks = 不客气，有事再问我。
goodbye = 再见，祝您在{ $city }一切顺利。
language-switched = 好的，以后用中文回答您。
human = 想和人说话，请拨打{ $number }（24小时）。
out-of-scope = 抱歉，这个我还办不了。
fallback = 抱歉，我没听懂。请换个说法，或问得具体一些。
fallback-place = 您想了解{ $name }的什么？

day-hours = { $day }开放时间{ $hours }。
day-closed = { $day }不开放。
day-all-day = { $day }全天开放。

did-you-mean = 没太听懂，您是想问：
fallback-person = 想找人问，请拨打{ $number }。
choice-human = 找人工
choose-none = 刚才只列了{ $count }个，请告诉我是第几个。
repeat-none = 前面还没有回答过什么，您想问什么？
cancelled = 好的，不问这个了。还想了解什么，随时告诉我。
correction-unclear = 好的。那您想问的是？请再完整说一遍。
still-ask-where = 前面您问附近的，还请告诉我您在哪儿。
still-ask-place = 前面那个问题，还请告诉我是哪个地方。

memory-show = 这次对话里我记着这些：
memory-language = 用中文回答您
memory-place = 正在聊的地方：{ $name }
memory-list = 刚才列出的{ $count }个地方
memory-location = 您发来的位置，最多用两小时
memory-question = 上一个问题：“{ $text }”
memory-messages = 消息记录由服务方保存，用于核对和改进，删除请联系人工。
choice-memory-forget = 全部忘掉
memory-forgotten = 好的，这次对话里说过的地方、位置和问题，我都忘掉了。

foreign-ru = Я отвечаю по-английски; названия мест даю и по-китайски: { $names }
foreign-ko = 영어로 답변드립니다. 장소의 중국어 이름: { $names }
foreign-ja = 英語でお答えします。場所の中国語名：{ $names }
foreign-ru-only = Я понимаю вас, но отвечаю по-английски.
foreign-ko-only = 한국어를 이해하지만 영어로 답변드립니다.
foreign-ja-only = 日本語は理解できますが、英語でお答えします。
