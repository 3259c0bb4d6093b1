"""Who asks, what they may, and what becomes of a question before it is answered: limits, faults, mischief."""
