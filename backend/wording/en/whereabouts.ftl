# Asking where near is
whereabouts-which = "{ $words }" may be several places. Which one?
whereabouts-or = Do you mean near { $name }?
whereabouts-approximate = I only know roughly where { $name } is, so take distances as a guide.
