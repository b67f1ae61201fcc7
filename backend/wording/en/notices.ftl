# What people are told unasked. -title is the heading, -text is for WeChat, the web and the app, -sms for text messages: one part where it fits.
notice-booking-confirmed-title = Booking confirmed
notice-booking-confirmed-text = Booked: { $what }, { $when }, for { $party }. Your code is { $code }; show it when you arrive.
notice-booking-confirmed-sms = Booked: { $what }, { $when }, for { $party }. Code { $code }: show it when you arrive.
notice-booking-reminder-title = Your booking
notice-booking-reminder-text = A reminder: { $what }, { $when }. Code { $code }. If you cannot come, reply "cancel { $code }" and somebody else can.
notice-booking-reminder-sms = Reminder: { $what }, { $when }. Code { $code }. Can't come? Reply "cancel { $code }".
notice-booking-moved-title = Booking moved
notice-booking-moved-text = Your booking { $code } is now for { $when }: { $what }.
notice-booking-moved-sms = Booking { $code } is now for { $when }: { $what }.
notice-booking-cancelled-title = Booking cancelled
notice-booking-cancelled-text = Your booking { $code } is cancelled: { $what }, { $when }.
notice-booking-cancelled-sms = Booking { $code } is cancelled: { $what }, { $when }.
notice-booking-closed-title = Booking cannot be kept
notice-booking-closed-text = Sorry: { $what } is closed on { $when }, so booking { $code } cannot be used. Reply to choose another time.
notice-booking-closed-sms = Sorry: { $what } is closed { $when }, booking { $code } can't be used. Reply to choose another time.
notice-waiting-offer-title = A place is free
notice-waiting-offer-text = You were waiting for { $what }, { $when }: there is a place, kept for you until { $until }. To take it reply "confirm { $code }".
notice-waiting-offer-sms = { $what }, { $when }: a place is free, kept until { $until }. Reply "confirm { $code }" to take it.
notice-waiting-lapsed-title = No place came free
notice-waiting-lapsed-text = No place came free for { $what }, { $when }. Tell me if another time would do.
notice-waiting-lapsed-sms = No place came free for { $what }, { $when }. Reply if another time would do.
notice-request-moved-title = Your report
notice-request-moved-text = News of your report { $code }: { $status }.
notice-request-moved-sms = News of your report { $code }: { $status }.
notice-alert-title = { $headline }
notice-alert-text = ALERT: { $headline }. Area: { $area }.
    { $advice }
notice-alert-sms = ALERT: { $headline }, { $area }. { $advice }
notice-alert-update-title = { $headline }
notice-alert-update-text = ALERT UPDATE: { $headline }. Area: { $area }.
    { $advice }
notice-alert-update-sms = ALERT UPDATE: { $headline }, { $area }. { $advice }
notice-alert-all-clear-title = All clear
notice-alert-all-clear-text = ALL CLEAR: { $headline } is over. Area: { $area }.
notice-alert-all-clear-sms = ALL CLEAR: { $headline } is over, { $area }.
notice-reading-threshold-title = { $station }
notice-reading-threshold-text = { $station }, which you follow: { $text }
notice-reading-threshold-sms = { $station }: { $text }
notice-announcement-title = { $title }
notice-announcement-text = { $title }
    { $text }
notice-announcement-sms = { $text }
error-no-push = This copy sends no push messages.
error-endpoint-not-allowed = The endpoint is not one of a known push service.
error-too-many-devices = You have registered as many devices as one may: remove one first.
