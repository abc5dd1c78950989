"""The audio desk: what music, effects, speech and mixing share to read, shape, level and write stereo sound.

Sound is float32 in -1..1 of shape (samples, 2) at 44,100 samples a second. What runs per sample here uses only
additions, multiplications and FFTs, so that the same input gives the same samples on any machine.
"""
