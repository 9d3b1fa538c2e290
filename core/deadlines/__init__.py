"""One engine for every term: rules as rows, deadlines that follow the facts, alerts that never fire twice."""
