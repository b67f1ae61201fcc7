"""Answers: what a person asked, looked up now and put into a structured reply. Wording comes from `backend.wording`."""
