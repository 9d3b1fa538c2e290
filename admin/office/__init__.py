"""What every office has beside its subjects: home, search, users, history, system, imports, exports."""
