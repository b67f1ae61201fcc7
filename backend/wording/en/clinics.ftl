# From a complaint to a department; never a diagnosis
clinics-headline = { $sees } { $nearest }
clinics-sees = { $complaint }: { $department }.
clinics-sees-child = { $complaint } (child): { $department }.
clinics-or = { $first } or { $second }
clinics-nearest = { $where ->
    [none] Nearest:
   *[other] Nearest to { $where }:
} { $name }, { $distance }, { $status }.
clinics-general = None lists it; { $where ->
    [none] nearest general hospital:
   *[other] general hospital nearest to { $where }:
} { $name }, { $distance }, { $status }.
clinics-in-district = { $district }: { $name }, { $status }.
clinics-in-district-general = None in { $district } lists it; general hospital: { $name }, { $status }.
clinics-open-until = open until { $time }
clinics-open = open now
clinics-closed = closed now
clinics-closed-until = closed, opens { $day } { $time }
clinics-hours-unknown = hours unconfirmed
clinics-warning = Call { $medical } first for: { $signs }.
clinics-call-first = Phone before you go: { $phone }
clinics-no-phone = We have no number for it; { $service } may help before you go.
clinics-er-is-likely = Its emergency department is likely open 24 hours; not confirmed.
clinics-night = At this hour outpatient departments are usually closed and you may need the emergency department: please phone first.
clinics-unplaced = May have it, position not verified: { $names }
clinics-likely = By its kind it is likely to have { $department }; not confirmed, please phone first.
clinics-first-aid = For now: { $text }
clinics-bring = Bring your passport, insurance papers, a bank card and cash; residents an ID card and the insurance card or its electronic code. Please ask the hospital what else.
clinics-not-diagnosis = I only find the usual department for you. This is not a diagnosis; a doctor decides.
clinics-caution = Not a diagnosis. Urgent: { $medical }.
clinics-ask-where = { $sees } Where are you? I will find the nearest.
clinics-er = Nearest emergency department: { $name }, { $distance } ({ $detail }).
clinics-er-listed = hours not confirmed
clinics-er-likely = likely open 24 hours, not confirmed
clinics-er-general = whether it has one is not confirmed
clinics-er-ask = Send your location or a place name and I will find the nearest emergency department.
clinics-later = At the hospital ask for: { $department }.
clinics-urgent = If urgent call { $medical } first. { $headline }
