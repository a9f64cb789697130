"""Charts, drawn from results by the packages of the extra `pictures`."""
