"""What every case has in the browser: its diary, its files and its letters."""
