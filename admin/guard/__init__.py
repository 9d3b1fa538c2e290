"""Who may come in and what every answer carries: policy, session, log-in, passwords, headers, errors."""
