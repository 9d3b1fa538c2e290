"""Speed, as ratios in one run: machines differ, ratios hold. ``make bench`` prints every table."""
