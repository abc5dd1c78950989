"""How a text in neither English nor Chinese is told: its letters, or the small words of its language."""

from __future__ import annotations

import re

LETTERS = re.compile(r"[\u3040-\u30ff\uac00-\ud7af\u0370-\u07ff\u0900-\u0eff]")
"""Kana, Hangul, Greek to Arabic, and the scripts of India, Thailand and Laos."""

_ENGLISH = "a an the of in on at with and or to for from by is are as its his her their into over under through while"
_OTHER = """
le la les des une un du dans avec et sur est au aux par pour qui
el los las una con en y del por que su il lo gli di che nel della con sul
der die das und ein eine einen im mit auf den dem von zu ist
o os um uma no na com do da pelo het een van met op de dan och ett med som i
"""
ENGLISH = frozenset(_ENGLISH.split())
OTHER = frozenset(_OTHER.split()) - ENGLISH - {"no", "i", "do", "die", "den", "met", "y", "o", "as"}
"""Small words; those that are English words too are left out."""
