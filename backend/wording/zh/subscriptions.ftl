# 按订阅发给市民和游客的消息
subscriptions-passed = { $text }
subscriptions-over = 已解除：{ $text }
subscriptions-reopened = { $name }已恢复开放。
subscriptions-closed = { $name }{ $end ->
    [same] { $begin ->
        [today] 今天关闭
       *[other] { $begin }关闭
    }
    [open] { $begin ->
        [today] 即日起关闭，开放时间另行通知
       *[other] { $begin }起关闭，开放时间另行通知
    }
   *[other] { $begin ->
        [today] 关闭至{ $end }
       *[other] { $begin }至{ $end }关闭
    }
}{ $reason ->
    [none] 。
   *[other] ：{ $reason }
}
subscriptions-topic-alerts = 预警信息
subscriptions-topic-wind = 大风
subscriptions-topic-sea = 海浪和海水水质
subscriptions-topic-beach-flag = 浴场红旗
subscriptions-topic-air-quality = 空气污染
subscriptions-topic-closure = 临时关闭
subscriptions-topic-bus-line = 公交线路变动
