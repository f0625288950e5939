"""Stories where the order of calls matters."""
