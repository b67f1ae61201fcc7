# 开放时间：现在、某时、某天

opening-unknown = 开放时间未核实。
opening-unknown-day = { $day }开放时间未核实。
opening-phone = 请电话{ $phone }确认。
opening-again = { $day }{ $time }恢复开放。
opening-sure = { $day }{ $time }正常开放。
opening-comment = （{ $text }）
opening-about = 约{ $time }
opening-time-on = { $day }{ $time }
opening-moment = { $day } { $time }
opening-then-open = { $when }开放{ $until ->
    [none] 。
   *[other] ，到{ $until }。
}
opening-then-closed = { $when }不开放{ $hours ->
    [none] 。
   *[other] ，当天开放时间{ $hours }。
}
opening-day-holiday = { $day }（{ $name }）
opening-day-makeup = { $day }（调休上班）
opening-doubt-holiday = 节假日时间可能不同，请先确认。
opening-doubt-unknown = 之后的时间未核实。
opening-doubt-unannounced = { $year }年放假安排还没公布，请先确认。
opening-doubt-no-calendar = 未考虑节假日。
opening-doubt-school-holidays = 寒暑假时间可能不同，请先确认。
opening-doubt-makeup-workday = 调休上班日时间可能不同，请先确认。
opening-doubt-open-end = 关门时间不固定。
opening-doubt-no-position = 随日出日落变化，时间只作参考。

# 工作台：节假日
calendar-heading = 节假日
calendar-intro = 放假安排来自国务院办公厅通知。下面填写的日子优先于系统自带的表，保存后立即生效。
calendar-known-until = 系统已知到{ $year }年年底；之后的年份要等通知公布后更新，或者在这里逐日填写。
calendar-no-table = 系统没有这个国家的节假日表，只按星期几计算；在这里填写的日子照样有效。
calendar-year = { $year }年
calendar-of-library = 系统自带（{ $year }年）
calendar-of-staff = 人工填写
calendar-none = 还没有人工填写的日子。
calendar-add = 添加
calendar-first = 从
calendar-last = 到（含）
calendar-kind = 类型
calendar-name-zh = 节日名称（中文）
calendar-name-en = 节日名称（英文）
calendar-source = 依据（通知文号或网址）
calendar-date = 日期
calendar-author = 填写人
calendar-delete = 删除
calendar-kind-public_holiday = 放假
calendar-kind-makeup_workday = 调休上班
calendar-kind-workday = 普通工作日
calendar-kind-weekend = 普通周末
calendar-kind-unannounced = 放假安排未公布
calendar-added = 已添加，立即生效。
calendar-deleted = 已删除，恢复按系统自带的表计算。
calendar-gone = 这一天已经被删除了。
calendar-taken = 其中有的日子已经填写过，请先删除。
calendar-too-many-days = 一次最多填16天，请检查日期。
calendar-not-a-weekend = 调休上班和普通周末只能是周六、周日。
calendar-not-a-weekday = 普通工作日只能是周一到周五；周末上班请选“调休上班”。
calendar-doubt-holiday = 节日时间未说明
calendar-doubt-unannounced = 放假安排未公布
calendar-doubt-no_calendar = 未考虑节假日
calendar-doubt-school_holidays = 寒暑假可能不同
calendar-doubt-makeup_workday = 调休日可能不同
calendar-doubt-open_end = 关门时间不固定
calendar-doubt-no_position = 日出日落时间只作参考
