# 接口请求里的字段哪里不对
field-missing = 缺少这一项。
field-unknown = 没有这个字段。
field-number = 这里要填数字。
field-at-least = 不能小于{ $bound }。
field-at-most = 不能大于{ $bound }。
field-more-than = 要大于{ $bound }。
field-less-than = 要小于{ $bound }。
field-long = 最多{ $bound }个字符。
field-short = 太短了。
field-choice = 只能是：{ $values }。
field-time = 要填带时区的 ISO 8601 时间，如 2026-11-23T20:00:00+08:00（加号写成 %2B）。
field-time-range = 时间离今天太远。
field-pattern = 格式不对，请看接口文档。
field-cursor = 不是这个列表的游标：请用上一次回复里的“next_cursor”，其他参数保持不变。
field-one-time = open 和 open_at 只能填一个。
field-id = 编号的样子是“category:park”，多个用逗号隔开。
error-no-place = 没有这个地点，或已不再收录。
