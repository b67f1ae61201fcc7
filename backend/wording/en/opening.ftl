# Opening hours: now, at a time, on a day

opening-unknown = Hours not confirmed.
opening-unknown-day = Hours not confirmed for { $day }.
opening-phone = Please phone { $phone }.
opening-again = Opens again { $day } { $time }.
opening-sure = Open as usual from { $day } { $time }.
opening-comment = ({ $text })
opening-about = about { $time }
opening-time-on = { $time } { $day }
opening-moment = { $day } { $time }
opening-then-open = { $when }: open{ $until ->
    [none] .
   *[other] {" "}until { $until }.
}
opening-then-closed = { $when }: closed{ $hours ->
    [none] .
   *[other] ; open { $hours } that day.
}
opening-day-holiday = { $day }, { $name }
opening-day-makeup = { $day }, a make-up workday
opening-doubt-holiday = Hours may differ on public holidays: please check.
opening-doubt-unknown = Later hours are not confirmed.
opening-doubt-unannounced = The { $year } holiday arrangement is not announced yet: please check.
opening-doubt-no-calendar = Public holidays are not considered.
opening-doubt-school-holidays = Hours may differ in school holidays: please check.
opening-doubt-makeup-workday = Hours may differ on make-up workdays: please check.
opening-doubt-open-end = There is no fixed closing time.
opening-doubt-no-position = Depends on sunrise and sunset: times are approximate.

# Console: the calendar
calendar-heading = Holidays
calendar-intro = Days off follow the State Council's notice. What is entered here goes before the built-in table and is live at once.
calendar-known-until = Known to the end of { $year }. Later years follow with an update after the notice, or are entered here day by day.
calendar-no-table = There is no table of holidays for this country: a day counts as its weekday. Days entered here do count.
calendar-year = { $year }
calendar-of-library = Built in ({ $year })
calendar-of-staff = Entered by staff
calendar-none = Nothing entered yet.
calendar-add = Add
calendar-first = From
calendar-last = To (included)
calendar-kind = Kind
calendar-name-zh = Name of the holiday (Chinese)
calendar-name-en = Name of the holiday (English)
calendar-source = Source (number or address of the notice)
calendar-date = Date
calendar-author = Entered by
calendar-delete = Delete
calendar-kind-public_holiday = Day off
calendar-kind-makeup_workday = Make-up workday
calendar-kind-workday = Ordinary workday
calendar-kind-weekend = Ordinary weekend
calendar-kind-unannounced = Not announced yet
calendar-added = Added, live at once.
calendar-deleted = Deleted; the built-in table holds again.
calendar-gone = This day was deleted already.
calendar-taken = One of these days is entered already: delete it first.
calendar-too-many-days = At most 16 days at once: please check the dates.
calendar-not-a-weekend = Only a Saturday or Sunday can be a make-up workday or an ordinary weekend.
calendar-not-a-weekday = Only Monday to Friday can be an ordinary workday; choose "make-up workday" for a weekend that is worked.
calendar-doubt-holiday = holiday hours not told
calendar-doubt-unannounced = arrangement not announced
calendar-doubt-no_calendar = holidays not considered
calendar-doubt-school_holidays = may differ in school holidays
calendar-doubt-makeup_workday = may differ on make-up workdays
calendar-doubt-open_end = no fixed closing time
calendar-doubt-no_position = sunrise and sunset approximate
