"""Editing: cuts, joins, mixes and letters what was made, exact to the frame and to the sample."""
