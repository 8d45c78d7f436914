"""Trade feedback: two members who agree on a deal or on mentoring in a thread rate each other once."""
