# What the message path itself says
holding = I have your message; the answer is delayed and will follow. In an emergency call { $emergency } now.
apology = Sorry, I could not answer that. Please put it another way, or call { $service }.
media-unread = I can't read pictures, voice or video yet. Please tell me in words what you need.
empty-message = I saw no words. Tell me what you need, e.g. "any hospital near me".
welcome = Hello, I am the city concierge of { $city }! Ask me about sights, beaches, doctors and hotlines, or share your location.
    您也可以用中文问我。
consent-stopped = You are unsubscribed and will get no more messages. Reply START to come back.
consent-started = Welcome back. Ask me anything; reply STOP to unsubscribe.
emergency-headline = Call { $number } ({ $name }) now!
emergency-also = Also: { $numbers }
choice-emergency-room = Nearest emergency room
link-call = Call { $number }
