"""Caption: what can be measured of a video or a picture, told in words that claim no more than that."""
