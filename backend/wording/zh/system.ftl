# 消息通路自己给出的话
holding = 您的消息已收到，系统正忙，答复稍后就发给您。紧急情况请直接拨打{ $emergency }。
apology = 抱歉，这条消息没能答上来。请换个说法再试，或拨打{ $service }。
media-unread = 图片、语音和视频我还看不懂，请用文字告诉我您想问什么。
empty-message = 没有看到文字。请告诉我您想问什么，比如“附近有医院吗”。
welcome = 您好，我是{ $city }城市管家！景点、看海、就医、热线都可以问我，也可以发送位置。
    You can also write to me in English.
consent-stopped = 已退订，不会再给您发短信。回复“订阅”可恢复。
consent-started = 已恢复。有事请直接问我，回复TD可退订。
emergency-headline = 请马上拨打{ $number }（{ $name }）！
emergency-also = 也可拨打：{ $numbers }
choice-emergency-room = 最近的急诊
link-call = 拨打{ $number }
