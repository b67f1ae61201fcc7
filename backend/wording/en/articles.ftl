# Answers on rules and services
article-source = Source: { $source } ({ $date })
article-link = See the source
article-none = Sorry, I have nothing on that yet.
