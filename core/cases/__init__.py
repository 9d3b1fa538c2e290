"""What every procedure has: who sees it, its notes, its files, the letters that left and came."""
