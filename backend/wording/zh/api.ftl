# 接口自己的话
api-title = { $city }城市管家
api-description = 开一个会话，发消息，读回复。每个地点都带坐标系，请勿混用。
error-unauthorized = 会话不存在或已过期，请用 POST /api/v1/sessions 重新开一个。
error-invalid-body = 请求内容有误，请看“fields”，说明见 /api/docs。
error-too-long = 消息太长，请分几次发送。
error-bad-id = 消息没有可用的编号。
error-not-found = 没有这个地址。
error-method-not-allowed = 这个地址不接受这种请求。
error-busy = 请求太多，请过一分钟再试。
error-unavailable = 暂时收不了消息，请过几秒重发。
error-unexpected = 系统出了点问题，请再试一次。
error-other = 请求没有办成。
page-error = 抱歉，页面打不开（错误{ $status }）。
