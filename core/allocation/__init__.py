"""The allocation plan (piano di riparto): who pays how much of a year, and why, line by line."""
