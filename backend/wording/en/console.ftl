# The staff console
console-title = { $city } concierge · staff console
console-brand = Concierge console
console-skip = Skip to content
console-menu = Menu
console-nav-places = Places
console-nav-articles = Articles
console-nav-unanswered = Unanswered
console-nav-audit = Audit trail
console-nav-account = My account
console-sign-out = Sign out
console-language = 中文
console-language-label = 切换到中文
console-close-message = Dismiss
console-none = (none)
console-empty = (empty)
console-yes = Yes
console-save = Save
console-cancel = Cancel
console-search = Search
console-back = Back

# Sign-in and account
console-sign-in = Sign in
console-sign-in-heading = Staff sign-in
console-sign-in-intro = For staff of the city of { $city } only. Accounts are opened by the administrator.
console-email = Email
console-password = Password
console-password-heading = Change password
console-password-old = Current password
console-password-new = New password
console-password-again = New password again
console-password-help = At least 10 characters. All other devices will be signed out.
console-password-save = Change password
console-verify-heading = Please give your password again
console-verify-intro = You are about to change how you sign in, so we make sure it is you.
console-verify = Confirm
console-tf-heading = Two-step sign-in
console-tf-intro = Besides the password you give the 6 digits shown by an authenticator app on your phone. Somebody who learns your password still cannot get in.
console-tf-required = Two-step sign-in has to be set up before this console can be used.
console-tf-state-on = On
console-tf-state-off = Off
console-tf-set-up = Set up two-step sign-in
console-tf-renew = Use another phone (set up again)
console-tf-disable = Turn two-step sign-in off
console-tf-step-1 = Scan the code with an authenticator app on your phone:
console-tf-qr = QR code for two-step sign-in
console-tf-key = If you cannot scan it, type in this key:
console-tf-step-2 = Type the 6 digits the app shows:
console-tf-code = 6 digits
console-tf-confirm = Confirm
console-tf-code-heading = Enter the code
console-tf-code-intro = Open the authenticator app on your phone and type the 6 digits it shows now.
console-tf-lost = Phone not at hand? Use a recovery code
console-recovery-heading = Sign in with a recovery code
console-recovery-intro = Type one of the recovery codes you kept. Each works once; if none is left, ask the administrator.
console-recovery-code = Recovery code
console-recovery-codes-heading = Recovery codes
console-recovery-codes-intro = If your phone is lost, a recovery code stands in for the digits, each of them once. Write them down and keep them safe.
console-recovery-codes-show = Show my recovery codes
console-recovery-codes-new = Make new codes (the old ones stop working)
console-account-heading = My account
console-account-name = Name
console-account-roles = Role
console-account-may = May
console-account-last = Last sign-in
console-account-development = This is a demonstration account for development; it cannot sign in in production.
console-role-viewer = Viewer
console-role-editor = Editor
console-role-manager = Manager
console-permission-content_read = see content
console-permission-content_edit = change content
console-permission-audit_read = see the audit trail
console-permission-alerts_raise = raise alerts
console-permission-bookings_keep = see bookings and check people in

console-sec-refused = Email, password or code is not right. Please try again.
console-sec-forbidden = Your account may not do this.
console-sec-sign-in-first = Please sign in first.
console-sec-again = Please give your password again.
console-sec-again-ok = Confirmed, please go on.
console-sec-signed-in-already = You are signed in already.
console-sec-start-over = This step is no longer valid. Please sign in again.
console-sec-email-missing = Please give your email address.
console-sec-invalid = Something in this field is not right. Please check it.
console-sec-password-missing = Please give your password.
console-sec-password-wrong = The password is not right.
console-sec-passwords-differ = The two new passwords are not the same.
console-sec-password-short = The password is too short: at least 10 characters.
console-sec-password-same = The new password is the same as the old one. Choose another.
console-sec-password-changed = Your password has been changed.
console-sec-code-wrong = The code is wrong or has expired. Type the digits the app shows now.
console-sec-recovery-wrong = The recovery code is wrong or was used already.
console-sec-no-recovery-codes = You have no recovery codes yet. Make some first.
console-sec-signed-in = Code confirmed, you are signed in.
console-sec-second-factor-on = Two-step sign-in is set up. Make recovery codes now, too.
console-sec-second-factor-off = Two-step sign-in is off.
console-sec-method = Please choose a method.
console-signed-out-heading = You were signed out, nothing was saved
console-signed-out-text = What you typed is still there: sign in in a new window, come back to the form (the browser's Back) and press Save again.
console-signed-out-link = Sign in in a new window

# Errors
console-error-400 = The request was incomplete. Please go back and try again.
console-error-403 = Your account may not do this. Ask the administrator if you need to.
console-error-404 = There is no such page, or no such record.
console-error-405 = This address cannot be opened like that. Please start from the list.
console-error-413 = That is too much at once. Please save in smaller steps.
console-error-429 = Too many attempts. Please wait a few minutes.
console-error-503 = The database cannot be reached, nothing was saved. Go back to the form with the browser's Back and save again in a moment.
console-error-other = Something went wrong and your change may not be saved. Please go back and check.
console-error-heading = Something went wrong
console-error-home = Back to the list of places

# List
console-places-heading = Places
console-places-count = { $count } in all
console-places-search = Name, alias or id
console-places-kind = Kind
console-places-all = All
console-places-deleted = Deleted
console-places-none = Nothing found. Try another word, or add a new place.
console-kind-attraction = Attraction
console-kind-beach = Beach
console-kind-clinic = Hospital or clinic
console-kind-hub = Station or airport
console-col-name = Name
console-col-kind = Kind
console-col-now = Now
console-col-hours = Opening hours
console-col-price = Admission
console-col-confidence = Confidence
console-col-checked = Last check
console-checked-by = checked by { $name }
console-unchecked = not checked by staff
console-as-of = facts of { $date }
console-page-of = Page { $page } of { $pages }
console-previous = Previous
console-next = Next
console-now-open = Open now
console-now-closed = Not open now
console-now-unknown = Hours not known
console-closed-today = Closed today
console-closed-to = Closed until { $date }
console-closed-open-end = Closed until further notice
console-is-deleted = Deleted
console-not-deleted = Not deleted
console-status-open = Open as usual
console-status-seasonal = Open in season
console-status-suspended = Suspended
console-status-closed = Closed for good
console-status-unknown = Not known
console-confidence-high = High
console-confidence-medium = Medium
console-confidence-low = Low
console-datum-wgs84 = WGS-84 (GPS, phones)
console-datum-gcj02 = GCJ-02 (Amap, Tencent, WeChat)
console-datum-bd09 = BD-09 (Baidu)
console-datum-unknown = Not known (not used for distances)

# One place
console-live = Live now: the next question in any channel gets the new answer.
console-no-change = Nothing was changed, so there was nothing to save.
console-not-saved = Not saved. Please mend what is marked red below.
console-page-old = Not saved: this page had been open for too long. What you typed is still here; look it over and press Save once more.
console-page-old-other = This page had been open for too long and nothing was done. Please go back, reload and try again.
console-created = Added and live: the next question in any channel gets the answer.
console-edit-heading = Change the facts
console-show-heading = Facts
console-group-names = Names and aliases
console-group-hours = Opening hours
console-group-prices = Admission
console-group-contact = Contact
console-group-what = What and where
console-group-notes = Notes
console-group-position = Position on the map
console-group-provenance = Source
console-save-heading = Save
console-history = History
console-delete = { $kind ->
    [articles] Delete this article
   *[other] Delete this place
}
console-version = Version { $version }
console-last-edit = updated { $time }
console-zh = Chinese
console-en = English
console-field-name_zh = Chinese name
console-field-name_en = English name
console-field-aliases = Aliases
console-help-aliases = One a line, Chinese or English, as people say it. No training: known as soon as you save.
console-field-kind = Kind
console-help-kind = Cannot be changed later.
console-field-district = District
console-field-category = Category
console-field-tags = Tags
console-field-departments = Departments
console-field-rating = A rating
console-field-status = Status
console-help-status = The lasting state. If it is only closed today, use the button above.
console-field-summary_zh = Summary (Chinese)
console-field-summary_en = Summary (English)
console-field-address_zh = Address (Chinese)
console-field-address_en = Address (English)
console-field-bus_lines = Bus lines
console-help-bus_lines = Divided by commas or blanks, such as 34, 37
console-field-hours_text_zh = Opening hours (Chinese, for people)
console-help-hours_text_zh = Such as 旺季（5—9月）03:00–18:00；淡季08:00–18:00
console-field-hours_text_en = Opening hours (English, for people)
console-field-opening_hours = Opening hours (rule, to work out "open now")
console-help-opening_hours = OSM notation, such as Mo-Fr 08:00-12:00,14:00-17:30; PH off (weekdays, not on public holidays). Leave it empty if you are not sure: nothing is guessed.
console-field-last_entry_zh = Last entry (Chinese)
console-field-last_entry_en = Last entry (English)
console-field-price_text_zh = Admission (Chinese)
console-help-price_text_zh = A text message has 70 characters, so be short: 旺季25元；淡季5元
console-field-price_text_en = Admission (English)
console-field-price_notes_zh = Reductions (Chinese)
console-field-price_notes_en = Reductions (English)
console-field-phones = Phone numbers
console-help-phones = One a line, such as 0335-4041591
console-field-website = Website
console-field-notes_zh = Notes for visitors (Chinese)
console-field-notes_en = Notes for visitors (English)
console-field-lat = Latitude
console-help-lat = Such as 39.836216
console-field-lon = Longitude
console-help-lon = Such as 119.526688
console-field-datum = Datum
console-help-datum = The map you copied it from. A wrong choice is off by hundreds of metres.
console-field-source = Source
console-field-as_of = Date of the facts
console-help-as_of = Year, year-month or full date, such as 2026-09
console-field-confidence = Confidence
console-help-confidence = With low confidence the answer asks people to check before they go.
console-field-vouch = I have checked these facts
console-help-vouch = Ticked, what you change counts as checked by you today, with high confidence (unless you choose otherwise above).
console-field-comment = Comment (optional)
console-help-comment = Kept in the history, such as: the park rang us
console-field-closed_from = Closed from
console-field-closed_to = Closed until
console-field-closed_reason_zh = Reason for closing (Chinese)
console-field-closed_reason_en = Reason for closing (English)
console-field-deleted_at = Deletion
console-tags-chosen = { $count } chosen

# What opening hours mean
console-week-heading = How this is understood (next 7 days)
console-week-bad = This cannot be understood and cannot be saved. Compare it with the example, or leave it empty.
console-week-none = No rule given: answers will not say "open now" or "not open now", only the text above.
console-week-closed = closed
console-week-all-day = all day
console-week-uncertain = { $span } (not certain)
console-week-next-day = { $start }–{ $end } next day
console-week-span = { $start }–{ $end }
console-week-today = today
console-weekday-0 = Mon
console-weekday-1 = Tue
console-weekday-2 = Wed
console-weekday-3 = Thu
console-weekday-4 = Fri
console-weekday-5 = Sat
console-weekday-6 = Sun
console-week-closure = On days set to "closed", closed is what counts.

# Closed today
console-close-heading = Closed today
console-close-intro = One press and it is live: every channel answers "closed today".
console-close-button = Closed today
console-close-change = Change the reason or the date
console-closed-heading = Set to “closed” now
console-closed-since = From { $from } to { $to } (both included)
console-closed-since-today = Today only ({ $date })
console-closed-since-open = From { $from } until further notice
console-reopen-button = Reopen
console-closed-live = Live now: the next question in any channel is answered with "closed".
console-reopened-live = Open again and live now: the next question in any channel gets the new answer.
console-field-preset = Reason
console-field-reason_zh = Your own words (Chinese)
console-help-reason_zh = Optional. If you write something, it is used instead.
console-field-reason_en = Your own words (English)
console-help-reason_en = Left empty, English answers give the Chinese reason.
console-field-until = Until (that day included)
console-field-open_end = Until further notice
console-until-past = That day is over. Choose today or a later day.
console-reason-none = no reason given
console-reason-wind = strong wind
console-reason-rain = heavy rain
console-reason-waves = high waves
console-reason-repair = maintenance
console-reason-event = an event
console-reason-full = full
console-reason-holiday = public holiday

# Preview
console-preview-heading = What people would read now
console-preview-at = Answers as of { $time }. They follow as soon as you save.
console-preview-place_hours = When does it open?
console-preview-place_price = How much is a ticket?
console-preview-place_details = Tell me about it
console-preview-sms = SMS
console-preview-wechat = WeChat
console-preview-web = Web
console-preview-push = Push
console-preview-segments = { $count ->
    [1] 1 SMS
   *[other] { $count } SMS
}
console-preview-characters = { $count } characters
console-preview-none = { $kind ->
    [articles] Deleted articles are in no answer.
   *[other] Deleted places are in no answer.
}

# Two people at once
console-conflict-heading = Somebody else saved while you were writing
console-conflict-text = Nothing is lost. In the form below, what you changed is as you wrote it, everything else is as they saved it. Look it over and press Save again.
console-conflict-field = What
console-conflict-before = When you opened it
console-conflict-theirs = Saved by the other
console-conflict-mine = Written by you
console-conflict-both = both changed it
console-conflict-keep = If the other is right, put their text into the form.
console-changed-meanwhile = Somebody has just changed this, so nothing was done. Look at what it says now and try again.

# New, delete, history
console-new-heading = { $kind ->
    [articles] New article
   *[other] New place
}
console-new-intro = { $kind ->
    [articles] A Chinese title and a Chinese answer are enough to save, and people can ask at once. The more ways to ask you give, the better it is found.
   *[other] A Chinese name is enough to save, and people can ask for it at once. The rest can follow.
}
console-new-more = More
console-new-save = Add and make live
console-delete-heading = Delete “{ $name }”?
console-delete-text = No channel will mention it any more. Facts and history are kept and it can be brought back at any time.
console-delete-reason = Why (optional)
console-delete-confirm = Delete
console-deleted-live = Deleted, and live now. You can bring it back here.
console-deleted-banner = { $kind ->
    [articles] This article is deleted; no channel answers with it.
   *[other] This place is deleted; no channel mentions it.
}
console-undelete = { $kind ->
    [articles] Bring it back
   *[other] Bring it back
}
console-undeleted-live = It is back: the next question in any channel gets the answer.
console-history-heading = History of “{ $name }”
console-history-none = Nobody has changed it; it is as it was imported.
console-history-now = current
console-history-pack = city data pack
console-history-imported = as imported
console-history-checked = only the check was renewed
console-history-created = added
console-history-before = Before
console-history-after = After
console-restore = Restore this version
console-restore-help = The facts become those of that version, as a new version; "closed today" stays as it is.
console-restore-comment = Version { $version } restored
console-restored-live = The facts of version { $version } are back and live.
console-not-restored = Cannot be restored: the old facts break a rule of today.

# Audit trail
console-audit-heading = Audit trail
console-audit-intro = Who did what and when. Each entry carries the fingerprint of the one before, so a changed or missing one shows.
console-audit-intact = The trail is whole; nothing was tampered with.
console-audit-broken = The trail does not fit from entry { $id } on: something was changed or removed. Tell the administrator at once.
console-audit-count = { $count } entries
console-audit-search = Account, action or object
console-audit-number = No.
console-audit-time = Time
console-audit-actor = Account
console-audit-action = Action
console-audit-object = Object
console-audit-detail = Content
console-audit-none = No entries.
console-action-place_edited = place changed
console-action-place_created = place added
console-action-place_closed = set to closed
console-action-place_reopened = reopened
console-action-place_deleted = place deleted
console-action-place_restored = place restored
console-action-pack_loaded = city data loaded
console-action-staff_created = account opened
console-action-staff_signed_in = signed in
console-action-staff_signed_out = signed out
console-action-staff_password_changed = password changed
console-action-staff_second_factor_set = two-step sign-in set up
console-action-staff_second_factor_off = two-step sign-in turned off
console-action-staff_second_factor_reset = two-step sign-in reset

# Errors in forms, each with how to mend it
console-bad-value = Something here is not right. Please check it.
console-bad-number = Please give a number, such as 39.836216.
edit-required = This has to be filled in.
edit-name-too-short = A name needs at least two characters; a single one would be found everywhere.
edit-name-too-long = The name is too long; at most 160 characters.
edit-one-line = A name cannot have a line break.
edit-too-many = Too many aliases; keep the 60 most used.
edit-too-long = This is too long. Please shorten it.
edit-control-character = There is an invisible special character in here. Please type it again.
edit-choose = Please choose one from the list.
edit-bad-opening-hours = This cannot be understood. Compare it with the example, such as Mo-Su 08:00-18:00, or leave it empty.
edit-bad-phone = Digits and hyphens only, one number a line, such as 0335-4041591.
edit-bad-website = This is not a web address. Such as https://www.example.com.
edit-bad-as-of = Write a year, a year and month, or a full date, such as 2026-09.
edit-dates-swapped = The end is before the beginning. Please mend the dates.
edit-half-point = Give both latitude and longitude, or neither.
edit-bad-point = These are not coordinates. Are latitude and longitude swapped (latitude comes first)?
edit-far-away = This is outside the city. Are the numbers swapped, or is a digit missing?
edit-bad-slug = Only small letters, digits and underscores.
edit-slug-taken = Somebody has just taken the same id. Please press Save again.
edit-unknown-field = This cannot be changed.

# Articles: answers on rules and services
console-articles-heading = Articles
console-articles-count = { $count } in all
console-articles-search = Title, question, answer or id
console-articles-kind = Topic
console-articles-none = Nothing found. Try another word, or add a new article.
console-col-title = Title
console-col-topic = Topic
console-col-answer = Answer
console-group-asked = Title and ways to ask
console-group-answer = Answer
console-field-title_zh = Chinese title
console-help-title_zh = It stands on a button, so 60 characters at most, such as 学生票怎么买
console-field-title_en = English title
console-field-questions_zh = Ways to ask (Chinese)
console-help-questions_zh = One a line, as people say it. No training: known as soon as you save.
console-field-questions_en = Ways to ask (English)
console-field-topic = Topic
console-help-topics = Small letters and underscores. There are: { $topics }
console-field-answer_zh = Answer (Chinese)
console-help-answer_zh = 500 characters at most, sent as it stands. Begin with what matters: a text message has 70 characters.
console-field-answer_en = Answer (English)
console-help-answer_en = Left empty, who asks in English gets the Chinese answer.
console-field-source_url = Address of the source
console-help-source_url = Optional, such as https://www.12306.cn
console-preview-ask_article = When somebody asks this
console-action-article_edited = article changed
console-action-article_created = article added
console-action-article_deleted = article deleted
console-action-article_restored = article restored
console-action-question_dismissed = unanswered question dismissed
console-topic-accessibility = Accessibility
console-topic-beach = Beaches
console-topic-culture = Culture and customs
console-topic-environment = Environment
console-topic-family = Families
console-topic-foreigners = Visitors from abroad
console-topic-health = Health
console-topic-housing = Housing and hotels
console-topic-money = Money
console-topic-public-services = Public services
console-topic-safety = Safety
console-topic-sea = The sea
console-topic-seasons = Seasons
console-topic-tickets = Tickets
console-topic-transport = Transport

# Questions without an answer
console-unanswered-heading = Unanswered questions
console-unanswered-count = { $count } in all
console-unanswered-intro = What people asked and we could not answer. Alike questions stand together, those asked most often come first. Phone numbers and other long numbers are hidden.
console-unanswered-state = State
console-unanswered-open = To do
console-unanswered-answered = Answered
console-unanswered-dismissed = Dismissed
console-unanswered-none = No questions here.
console-unanswered-times = { $count ->
    [one] once
   *[other] { $count } times
}
console-unanswered-since = since { $time }
console-unanswered-write = Write an answer
console-unanswered-dismiss = Dismiss
console-col-question = Question
console-col-asked = Asked
console-col-last = Last
console-col-action = What to do
console-question-dismissed = Dismissed. When somebody asks it again, it is listed again.
console-question-gone = Somebody has just dealt with this question.
console-question-closed = Not saved: somebody has just dealt with this question. If the article is wanted all the same, press “Add and make live” once more.
edit-question-too-short = A question needs at least two characters.
edit-question-too-long = One of the questions is too long; at most 200 characters.
edit-too-many-questions = Too many questions; keep the 58 most used of both languages together.
edit-bad-topic = Only small letters, digits and underscores, at most 40 characters.
console-action-calendar_added = Calendar day added
console-action-calendar_deleted = Calendar day deleted
