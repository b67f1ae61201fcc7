# What answers say. Keep each short: one text message holds 160 characters
list-join = {", "}
example-join = {"; "}
date-unknown = date unknown
day-today = today
day-tomorrow = tomorrow
word-closed = closed for now
word-hospitals = Hospitals
word-sights = Places to see
word-your-location = your location

caution-low = Not verified ({ $date }): please check before you go.
caution-list = Some of this is not verified: please check before you go.
caution-short = Not verified, please check.
confidence-high = Confidence: high (official or cross-checked)
confidence-medium = Confidence: medium (one source)
confidence-low = Confidence: low (old or indirect), please check first
ask-service-line = You can ask at { $service }.

label-hours = Hours: { $text }
label-price = Tickets: { $text }
label-address = Address: { $text }
label-phone = Phone: { $text }
label-buses = Bus: { $lines }
label-source = Source: { $text }
distance-metres = about { $metres } m
distance-kilometres = about { $kilometres } km
straight-line = Distances are in a straight line.

open-until = Open now until { $time }.
open-always = Open now.
closed-now = Closed now.
closed-until = Closed now, opens { $day } { $time }.
closed-by-staff = { $until ->
    [none] Closed today
   *[other] Closed until { $until }
}{ $reason ->
    [none] .
   *[other] : { $reason }.
}
out-of-service = Not open to visitors at present.

details-headline = { $name }{ $rating ->
    [none] {""}
   *[other] {" "}({ $rating })
}
hours-headline = { $name } opening hours: { $hours }
hours-unknown = The opening hours of { $name } are not confirmed.
price-headline = { $name } tickets: { $price }
price-unknown = The ticket price of { $name } is not confirmed.
address-headline = { $name } is at { $address }
address-unknown = The address of { $name } is not confirmed.
phone-headline = { $name }: phone { $phone }
phone-unknown = The phone number of { $name } is not confirmed.
rating-a = { $count }A
rating-headline = { $name }: { $rating }
rating-unknown = No official rating of { $name } is known.
source-checked = The facts on { $name } were checked by city staff on { $date }.
source-unchecked = The facts on { $name } come from public sources ({ $date }); staff have not checked them yet.

ask-place = Which place do you mean? Please tell me its name.
ask-which = Several places have that name. Which one do you mean?
unknown-place = I do not know "{ $name }".
unknown-place-or = Do you mean { $name }?
# $typed: the name as the person typed it, $headline: the answer on the nearest place
guessed-name = I do not know "{ $typed }"; the nearest is: { $headline }
ask-where = Where are you?
ask-where-hint = Share your location, or name a place, e.g. "near { $place }".

search-headline = { $what }: { $count } found.
search-elsewhere = None found in that district; elsewhere in { $city } there { $count ->
    [one] is one
   *[other] are { $count }
}:
search-none = Nothing found for: { $what }.
list-line = { $number }. { $name }{ $detail ->
    [none] {""}
   *[other] : { $detail }
}
near-headline = Nearest to { $where }: { $name }, { $distance }.
near-none = No place with a known position is near.
more-headline = { $start } to { $end } of { $count }:
more-none = That is all of them.

clinic-headline = { $what }: { $count } found.
clinic-near-headline = Nearest hospital to { $where }: { $name }, { $distance }.
clinic-none = Nothing found for: { $what }.
clinic-no-department = No hospital lists { $department } in our data: please call before you go.
clinic-emergency = In an emergency call { $medical }.
clinic-may-be-nearer = May be nearer: { $name }
clinic-same-district = Also in that district (position not verified): { $names }
clinic-unplaced = { $count ->
    [one] One more hospital is left out: its position is not verified.
   *[other] { $count } more hospitals are left out: their positions are not verified.
}

hotline-headline = { $name }: { $number }
hotline-line = { $name }: { $number }
hotline-list = Useful numbers:
hotline-no-number = No number of { $name } is known; website: { $website }


choice-place-hours = Opening hours
choice-place-price = Tickets
choice-place-address = How to get there
choice-place-phone = Phone
choice-find-nearby = Nearby
choice-more = More
choice-all-sights = Things to see
choice-all-hospitals = Hospitals
choice-hotlines = Useful numbers

greet = Hello, this is the city concierge of { $city }. How can I help?
help = I can look up sights, beaches, hospitals and hotlines. Share your location and ask what is near.
help-examples = For example: { $questions }.
thanks = You're welcome. Ask me any time.
goodbye = Goodbye, enjoy { $city }.
language-switched = OK, I will answer in English from now on.
human = To talk to a person, call { $number } (24 hours).
out-of-scope = Sorry, I can't help with that yet.
fallback = Sorry, I did not understand. Please put it another way, or be more specific.
fallback-place = What would you like to know about { $name }?

day-hours = { $day }: open { $hours }.
day-closed = { $day }: closed.
day-all-day = { $day }: open all day.

did-you-mean = I am not sure I understood. Did you mean:
fallback-person = To ask a person, call { $number }.
choice-human = Talk to a person
choose-none = I listed only { $count }. Which one, by its number?
repeat-none = I have not answered anything yet. What would you like to know?
cancelled = OK, never mind that. Ask me any time.
correction-unclear = OK. What did you want to ask? Please say it in full once more.
still-ask-where = And for your question before: where are you?
still-ask-place = And for your question before: which place do you mean?

memory-show = In this conversation I remember:
memory-language = that I answer you in English
memory-place = the place we talk about: { $name }
memory-list = the { $count } places I listed
memory-location = the location you sent, used for two hours at most
memory-question = your last question: "{ $text }"
memory-messages = Messages are kept by the service for checks and improvement; to have them deleted, ask a person.
choice-memory-forget = Forget it all
memory-forgotten = Done. I have forgotten the places, the location and the questions of this conversation.

foreign-ru = Я отвечаю по-английски; названия мест даю и по-китайски: { $names }
foreign-ko = 영어로 답변드립니다. 장소의 중국어 이름: { $names }
foreign-ja = 英語でお答えします。場所の中国語名：{ $names }
foreign-ru-only = Я понимаю вас, но отвечаю по-английски.
foreign-ko-only = 한국어를 이해하지만 영어로 답변드립니다.
foreign-ja-only = 日本語は理解できますが、英語でお答えします。
