# 主动发给市民和游客的通知。-title 是标题，-text 用于微信、网页和应用，-sms 用于短信，尽量一条发完。
notice-booking-confirmed-title = 预订成功
notice-booking-confirmed-text = 已为您订好：{ $what }，{ $when }，{ $party }位。预订码{ $code }，到场出示即可。
notice-booking-confirmed-sms = 已订{ $what }，{ $when }，{ $party }位，预订码{ $code }，到场出示。
notice-booking-reminder-title = 预订提醒
notice-booking-reminder-text = 提醒您：{ $when }，{ $what }。预订码{ $code }。来不了请回复“取消 { $code }”，把位置让给别人。
notice-booking-reminder-sms = 提醒：{ $when }，{ $what }，预订码{ $code }。来不了请回“取消 { $code }”
notice-booking-moved-title = 预订已改期
notice-booking-moved-text = 您的预订{ $code }已改到{ $when }：{ $what }。
notice-booking-moved-sms = 预订{ $code }已改到{ $when }：{ $what }。
notice-booking-cancelled-title = 预订已取消
notice-booking-cancelled-text = 您的预订{ $code }已取消：{ $what }，{ $when }。
notice-booking-cancelled-sms = 预订{ $code }已取消：{ $what }，{ $when }。
notice-booking-closed-title = 预订受影响
notice-booking-closed-text = 很抱歉，{ $what }在{ $when }不开放，您的预订{ $code }无法使用。换个时间请直接回复我。
notice-booking-closed-sms = 抱歉，{ $what }{ $when }不开放，预订{ $code }作废。换时间请直接回复。
notice-waiting-offer-title = 有位置了
notice-waiting-offer-text = 您排队等的{ $what }（{ $when }）有位置了，为您留到{ $until }。要的话请回复“确认 { $code }”。
notice-waiting-offer-sms = { $what }{ $when }有位，留到{ $until }。要请回“确认 { $code }”
notice-waiting-lapsed-title = 候补已结束
notice-waiting-lapsed-text = { $what }（{ $when }）没有等到位置，候补已结束。想换个时间请告诉我。
notice-waiting-lapsed-sms = { $what }{ $when }没等到位置，候补结束。换时间请直接回复。
notice-request-moved-title = 办理进展
notice-request-moved-text = 您反映的事项{ $code }有新进展：{ $status }。
notice-request-moved-sms = 您反映的{ $code }有新进展：{ $status }。
notice-alert-title = { $headline }
notice-alert-text = 【预警】{ $headline }。影响范围：{ $area }。
    { $advice }
notice-alert-sms = 【预警】{ $headline }，{ $area }。{ $advice }
notice-alert-update-title = { $headline }
notice-alert-update-text = 【预警更新】{ $headline }。影响范围：{ $area }。
    { $advice }
notice-alert-update-sms = 【预警更新】{ $headline }，{ $area }。{ $advice }
notice-alert-all-clear-title = 预警解除
notice-alert-all-clear-text = 【解除】{ $headline }已解除。范围：{ $area }。
notice-alert-all-clear-sms = 【解除】{ $headline }已解除，{ $area }。
notice-reading-threshold-title = { $station }
notice-reading-threshold-text = 您关注的{ $station }：{ $text }
notice-reading-threshold-sms = { $station }：{ $text }
notice-announcement-title = { $title }
notice-announcement-text = { $title }
    { $text }
notice-announcement-sms = { $text }
error-no-push = 这里没有开通推送。
error-endpoint-not-allowed = 这个推送地址不属于已知的推送服务。
error-too-many-devices = 设备数已到上限，请先移除一台。
