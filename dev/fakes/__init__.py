"""Stand-ins for Twilio and WeChat that keep the vendors' contracts, for development and tests.

They are chosen by configuration alone: `TWILIO_API_BASE_URL` and `WECHAT_API_BASE_URL` point here instead of at the
vendor, and the product cannot tell the difference. `POST /_control` switches faults on, `GET /_feed` tells what a phone
would show, `POST /_sms/send` and `POST /_wechat/send` let a phone speak through real, signed webhooks.
"""
