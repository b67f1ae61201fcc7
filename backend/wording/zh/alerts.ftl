# 预警
error-invalid-cap = 这不是合格的CAP 1.2消息，哪里有问题见“fields”。
error-alert-sender = 这个令牌不能代表该消息的发送方。
error-alert-of-another = 消息所指的预警是由另一个系统发来的。
error-alert-not-public = 只接收面向公众（scope为Public）的消息。
error-alert-without-info = 预警或更新至少要有一个info部分。
error-alert-identifier-taken = 该发送方已经用这个编号发过另一条消息。
error-client-unauthorized = 令牌不对或已停用，请用命令client-token重新领取。
error-client-scope = 这个令牌没有相应的权限。
alerts-until = 有效至{ $until }。
alerts-foreign = （暂无中文）{ $headline }
alerts-area-unknown = 范围未注明
alerts-top = 【预警】{ $headline }，至{ $until }
alerts-top-more = 【预警】{ $headline }，至{ $until }（另有{ $count }条预警）
