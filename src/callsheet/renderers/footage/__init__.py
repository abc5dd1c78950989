"""What a clip measures: shots, cuts, motion, camera direction, brightness and palette; nothing is recognised."""
