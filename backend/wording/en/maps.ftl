# What maps say
maps-place-title = Where { $name } is
maps-place-alt = Small map: { $name } and what is near
maps-route-title = Map of { $count ->
    [one] one stop
   *[other] { $count } stops
}
maps-route-desc = In this order: { $names }. The line shows the order, not the road.
maps-around = Near: { $names }.
maps-metres = { $metres } m
maps-kilometres = { $kilometres } km
maps-north = N
maps-approximate = approximate position
maps-note = { $datum } · { $source } · { $date }
maps-source-high = positions: high confidence
maps-source-medium = positions: fair
maps-source-low = positions: rough
maps-coast = coast: GSHHG
