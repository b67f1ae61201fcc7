"""`make eval`: how well the bot understands messages nobody trained it on."""
