# Sea, air and how many people. The answer first, then how old the reading is
error-station-unauthorized = The token of the station is wrong or switched off: get a new one with the command station-token.
error-invalid-readings = None of these readings was stored: see "fields" for each, put them right and send the whole batch again.

environment-now = just now
environment-join = {", "}
environment-source = Source: { $station }
environment-old = { $said } (old: { $age })
environment-fresh = { $said } ({ $age })
environment-rule = Readings do not make it safe: the flags and lifeguards on the beach decide.
environment-other-day = There is no forecast for { $day }; these are readings of now.
environment-ask = You can ask at { $service }.

environment-name-sea-temperature = water temperature
environment-name-wave-height = wave height
environment-name-beach-flag = flag
environment-name-bathing-water-class = water quality
environment-name-faecal-coliforms = faecal coliform
environment-name-swimming-suitability = swimming suitability
environment-name-visitor-count = visitor count

environment-sea-temperature = water { $value }C
environment-wave-height = { $state } sea, waves { $value } m
environment-faecal-coliforms = { $value } faecal coliforms per litre{ $over ->
    [yes] , above the limit for bathing
   *[no] {""}
}
environment-beach-flag = { $value ->
    [red_yellow] red and yellow flags are up
    [green] a green flag is up
    [yellow] a yellow flag is up
    [red] a red flag is up
    [double_red] two red flags are up
   *[purple] a purple flag is up
}
environment-bathing-water-class = water quality { $value ->
    [excellent] excellent
    [good] good
    [fair] fair
   *[poor] poor
}
environment-swimming-suitability = officially { $value ->
    [most_suitable] most suitable for swimming
    [suitable] suitable for swimming
    [fairly_suitable] fairly suitable for swimming
   *[unsuitable] unsuitable for swimming
}
environment-visitor-count = about { $value } people
environment-sea-state = { $figure ->
    [0] calm, glassy
    [1] calm, rippled
    [2] smooth
    [3] slight
    [4] moderate
    [5] rough
    [6] very rough
    [7] high
    [8] very high
   *[9] phenomenal
}
environment-flag-means = { $value ->
    [red_yellow] Lifeguards watch between the red and yellow flags: if you swim, swim there.
    [green] A green flag says the sea is calm, not that it is safe.
    [yellow] Yellow is a medium hazard: weak swimmers should stay out.
    [red] Red is a high hazard: stay out of the water.
    [double_red] Two red flags close the water: nobody may go in.
   *[purple] Purple warns of jellyfish or other marine life that can hurt you.
}

environment-sea-no = { $place }: do not go in the water, { $reason } ({ $age }).
environment-sea-caution = { $place }: { $reason } ({ $age }). Take care and follow the lifeguards.
environment-sea-values = { $place }: { $said } ({ $age }). The flags and lifeguards on the beach decide.
environment-sea-stale = No recent readings for { $place }; the last was { $age }: { $said }. Whether you can go in now we cannot say.
environment-sea-none = No sea readings for { $place } at present: look at the flags and ask the lifeguards on the beach.
environment-sea-none-city = No sea readings at present: look at the flags and ask the lifeguards on the beach.
environment-sea-asked = { $place }: { $said } ({ $age }).
environment-sea-asked-stale = No recent { $name } for { $place }; the last was { $age }: { $said }.
environment-sea-asked-none = No { $name } reading for { $place }.
environment-sea-and-no = Do not go in the water, { $reason } ({ $age }).
environment-sea-and-caution = Take care: { $reason } ({ $age }).
environment-sea-city = { $bad ->
    [0] { $count } { $count ->
        [1] beach has
       *[other] beaches have
    } recent readings; the flags and lifeguards on the beach decide.
   *[other] { $count } { $count ->
        [1] beach has
       *[other] beaches have
    } recent readings; stay out of the water at { $bad } of them.
}
environment-sea-city-stale = No beach has recent readings: whether you can go in now we cannot say.
environment-sea-line-no = { $place }: stay out, { $reason } ({ $age })
environment-sea-line = { $place }: { $said } ({ $age })

environment-band-excellent = excellent
environment-band-good = good
environment-band-light = lightly polluted
environment-band-moderate = moderately polluted
environment-band-heavy = heavily polluted
environment-band-severe = severely polluted
environment-advice-excellent = Everyone can be active as usual.
environment-advice-good = The few who are unusually sensitive should do less outdoors.
environment-advice-light = Children, older people and those with heart or lung disease should cut down on long or hard exercise outdoors.
environment-advice-moderate = Children, older people and those with heart or lung disease should avoid long or hard exercise outdoors; everyone else should do a little less.
environment-advice-heavy = Children, older people and those with heart or lung disease should stay indoors and not exercise outdoors; everyone else should do less outdoors.
environment-advice-severe = Children, older people and those who are ill should stay indoors and avoid exertion; everyone else should avoid being active outdoors.
environment-pollutant-pm2-5 = PM2.5
environment-pollutant-pm10 = PM10
environment-pollutant-o3 = ozone
environment-pollutant-no2 = NO2
environment-pollutant-so2 = SO2
environment-pollutant-co = CO
environment-concentration = { $name } { $value } { $unit ->
    [ug] ug
   *[mg] mg
}/m3
environment-air = Air in { $scope }: { $band }, AQI { $aqi }{ $primary ->
    [none] {""}
   *[other] , mainly { $primary }
} ({ $age }).
environment-air-partial = The readings of { $scope } are incomplete (no { $missing }), so we cannot grade the air: { $said } ({ $age }).
environment-air-asked = { $scope }: { $said } ({ $age }).
environment-air-stale = No recent air readings for { $scope }; the last were { $age }: { $said }. How the air is now we cannot say.
environment-air-none = No air quality readings for { $scope } at present.
environment-air-basis = { $report ->
    [hourly] Hourly
   *[daily] 24-hour
} Chinese AQI by { $standard } from { $count } { $count ->
    [1] station
   *[other] stations
}.
environment-air-station = { $name }: { $band }, AQI { $aqi }

environment-crowd-least = Least crowded now: { $place }, about { $value } people ({ $age }).
environment-crowd-most = Busiest now: { $place }, about { $value } people ({ $age }).
environment-crowd-one = { $place }: about { $value } people now ({ $age }).
environment-crowd-one-stale = No recent count for { $place }; the last was { $age }: about { $value } people.
environment-crowd-one-none = No visitor count for { $place } at present, so we cannot say how busy it is.
environment-crowd-stale = No beach has a recent visitor count, so we cannot say where it is quiet now.
environment-crowd-none = There are no visitor counts of the beaches at present, so we cannot say where it is quiet.
environment-crowd-line = { $place }: about { $value } people ({ $age })
environment-crowd-others = This compares only the { $count } { $count ->
    [1] beach
   *[other] beaches
} with a recent count; nothing is known of the others.
