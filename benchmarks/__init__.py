"""What callsheet costs, beside what the same thing costs without it: `python -m benchmarks [NAME ...]`."""
