"""Public transport: GTFS feeds read, checked and stored, lines and stops, journeys, live changes."""
