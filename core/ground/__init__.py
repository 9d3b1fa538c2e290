"""What every subject stands on: access, unit of work, database, clock, money, states, history, numbers, outbox."""
