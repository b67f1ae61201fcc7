# 预订：为什么不行，接口和工作人员页面都用
booking-refused-full = 这个时间已经满了，可以排候补。
booking-refused-closed = 这个时间不开放了，请换一个时间。
booking-refused-paused = 这个项目暂停预订。
booking-refused-too-late = 已经过了可以预订的时间。
booking-refused-too-early = 还没到开放预订的时间。
booking-refused-too-many = 每人最多订{ $most }个位置。
booking-refused-nobody = 请说明来几个人。
booking-refused-not-full = 这个时间还有位置，可以直接订。
booking-refused-unknown-slot = 没有这个时间可订。
booking-refused-unknown-code = 没有找到这个预订码，请核对一下。
booking-refused-lapsed = 保留时间已过，位置已经放开，请重新预订。
booking-refused-ended = 这个预订已经结束，不能再改了。
booking-refused-too-late-to-change = 已经过了可以取消或改期的时间。
booking-refused-guests-missing = 请填写全部{ $size }个人的姓名和证件。
booking-refused-name-missing = 第{ $position }位没有填姓名。
booking-refused-document-missing = 第{ $position }位没有填证件，或证件种类不对。
booking-refused-document-invalid = 第{ $position }位的证件号不对，请核对。
booking-refused-not-confirmed = 这个预订没有生效，不能入场。
booking-refused-arrived-already = 这个预订码已经用过了。
booking-refused-wrong-day = 不是这一天的预订。
error-idempotency-key-reused = 这个Idempotency-Key已经用在另一个请求上，请换一个。
error-in-flight = 同样的请求正在处理，请稍后再试。
# 工作人员：当天预订和入场
bookings-heading = 当天预订
bookings-check-in = 入场核验
bookings-day = 日期
bookings-show = 查看
bookings-none = 这一天没有预订。
bookings-when = 时间
bookings-what = 项目
bookings-code = 预订码
bookings-size = 人数
bookings-guests = 姓名
bookings-state = 状态
bookings-state-confirmed = 未到
bookings-state-arrived = 已到
bookings-state-done = 已完成
bookings-state-missed = 未来
bookings-let-in-button = 放行
bookings-camera = 用摄像头扫码
bookings-let-in = { $code }可以入场，共{ $size }人。
bookings-nav = 预订
bookings-find = 姓名、预订码或项目
bookings-day-before = 前一天
bookings-today = 今天
bookings-day-after = 后一天
bookings-none-found = 这一天没有符合条件的预订。
bookings-cut = 只显示这一天的前{ $most }个预订。
bookings-sum = { $bookings }个预订，共{ $people }人，已到{ $arrived }人
bookings-slot = 场次{ $number }
bookings-code-help = 看客人手机上的预订码，大小写和空格都没关系。
bookings-used = 已经在{ $time }用过了，不要再放行。
bookings-not-valid = 预订无效（{ $state }），不能入场。
bookings-other-day = 不是现在的预订，是{ $time }的。
bookings-state-held = 还没确认
bookings-state-lapsed = 已过期
bookings-state-cancelled = 已取消
bookings-state-closed = 场馆已关闭
# 工作人员：关闭场次
closure-heading = 关闭场次
closure-this = 关闭这一场
closure-intro = 关闭后就不能再预订，已经预订和正在候补的人会马上收到通知（按各自的语言）。关闭后不能恢复。
closure-bookable = 项目
closure-first = 从（本地时间）
closure-last = 到（本地时间）
closure-last-help = 在这段时间里开始的场次都会关闭。
closure-reason-zh = 原因（中文）
closure-reason-en = 原因（英文）
closure-reason-help = 查询这个时间的人会看到。
closure-look = 看看影响多少人
closure-look-heading = 请再核对一遍
closure-sum = 将关闭{ $slots }个场次；{ $bookings ->
    [0] 没有人预订。
   *[other] { $bookings }个预订（共{ $people }人）会作废，并通知预订的人。
}
closure-waiting = 还有{ $count }个候补会取消并收到通知。
closure-more = 情况有变化，请看过现在的样子再确认。
closure-none = 这段时间里没有可以关闭的场次。
closure-order = 结束时间要晚于开始时间。
closure-too-far = 场次只排到{ $day }，请选早一点的结束时间。
closure-col-time = 时间
closure-col-bookings = 预订
closure-col-people = 人数
closure-col-waiting = 候补
closure-confirm = 关闭并通知
closure-done = 已关闭{ $slots }个场次；{ $told ->
    [0] 没有人预订。
   *[other] { $told }个预订已作废，正在通知预订的人。
}
console-action-slot_closed = 关闭场次
closure-times = 这些场次
